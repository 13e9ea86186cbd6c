import { NO_EVIDENCE, type OutboxMessage } from "@orquesta/core";
import { expect, test } from "vitest";
import { encodeExactJson } from "./exact-json.ts";
import { AccountBench, firstQr } from "./fixtures/account-bench.ts";
import { MemoryInstance } from "./fixtures/memory-context.ts";
import { baileys } from "./index.ts";

const ACCOUNT = "5511999990000";
const ANA = "5511988887777";
const WAIT = { timeout: 10_000, interval: 5 };

function messageTo(number: string): OutboxMessage {
  return {
    outboxId: "o",
    messageId: "3EB0",
    chatId: `${number}@s.whatsapp.net`,
    content: { type: "text", text: "x" },
    attempt: 1,
  };
}

const closedWith = (afterwards: string, reason: string) =>
  expect.objectContaining({ state: "closed", afterwards, reason });

test.each([
  [503, "reconnect", "unavailable"],
  [440, "fail", "replaced"],
  [401, "log_out", "logged_out"],
  // Without a code, which Baileys turns into 440: not to be taken for "replaced".
  ["device_removed", "log_out", "logged_out"],
  [515, "restart", "restart_required"],
] as const)("stream error %s: %s, %s", async (code, afterwards, reason) => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  bench.whatsapp.streamError(ACCOUNT, code);
  await expect.poll(() => instance.changes.at(-1), WAIT).toEqual(closedWith(afterwards, reason));
  const count = instance.changes.length;
  await session.close();
  expect(instance.changes).toHaveLength(count);
});

test("a lost connection is to be made again", async () => {
  await using bench = await AccountBench.start();
  const { instance } = await bench.pair(ACCOUNT);
  bench.whatsapp.drop(ACCOUNT);
  await expect
    .poll(() => instance.changes.at(-1), WAIT)
    .toEqual(closedWith("reconnect", "connection_lost"));
});

test("a login that is refused says why", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  await session.close();
  bench.whatsapp.failNextLogins(1, 403);
  await bench.open(instance);
  await expect.poll(() => instance.changes.at(-1), WAIT).toEqual(closedWith("fail", "banned"));
});

test.each([
  [403, {}, { reason: "connection_refused" }],
  [429, { retryAfter: 7 }, { reason: "rate_limited", retryAfterMs: 7_000 }],
  [503, {}, { reason: "unavailable" }],
  [503, { retryAfter: "soon" }, { reason: "unavailable" }],
] as const)(
  "HTTP %i instead of a WebSocket ends the attempt at once, %o",
  async (status, header, ending) => {
    await using bench = await AccountBench.start();
    bench.whatsapp.refuseUpgrade(status, header);
    const instance = new MemoryInstance();
    await bench.open(instance);
    await expect
      .poll(() => instance.changes, WAIT)
      .toEqual([{ state: "closed", afterwards: "reconnect", ...ending }]);
    await expect.poll(() => bench.whatsapp.connections, WAIT).toBe(0);
  },
);

test("Retry-After may be a date", async () => {
  await using bench = await AccountBench.start();
  const inAMinute = new Date(Date.now() + 60_000).toUTCString();
  bench.whatsapp.refuseUpgrade(429, { retryAfter: inAMinute });
  const instance = new MemoryInstance();
  await bench.open(instance);
  await expect.poll(() => instance.changes.length, WAIT).toBe(1);
  const [change] = instance.changes;
  const waitMs = change?.state === "closed" ? (change.retryAfterMs ?? 0) : 0;
  expect(waitMs).toBeGreaterThan(50_000);
  expect(waitMs).toBeLessThanOrEqual(60_000);
});

test("nobody listens: connection_refused", async () => {
  const instance = new MemoryInstance();
  const provider = baileys({ url: "ws://127.0.0.1:9" });
  const session = await provider.open(instance.context(new AbortController().signal));
  await expect
    .poll(() => instance.changes, WAIT)
    .toEqual([closedWith("reconnect", "connection_refused")]);
  await session.close();
});

test("a close that the server does not answer is not waited for", async () => {
  await using bench = await AccountBench.start();
  const { instance } = await bench.pair(ACCOUNT);
  bench.whatsapp.failAndLinger(ACCOUNT);
  // One second for the server's part; `ws` alone would wait for 30.
  await expect
    .poll(() => instance.changes.at(-1), { timeout: 8_000, interval: 5 })
    .toEqual(closedWith("reconnect", "unavailable"));
});

test("a session tells what proves that it is alive", async () => {
  await using bench = await AccountBench.start();
  const before = Date.now();
  const { session } = await bench.pair(ACCOUNT);
  const { lastSeenAt, lastPingAt, pingRoundTripMs, lastAckAt } = session.evidence();
  for (const at of [lastSeenAt, lastPingAt]) {
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  }
  expect(pingRoundTripMs).toBeGreaterThanOrEqual(0);
  expect(pingRoundTripMs).toBeLessThan(10_000);
  expect(lastAckAt).toBeNull();
  bench.whatsapp.peer(ANA);
  await session.send(messageTo(ANA), AbortSignal.timeout(10_000));
  expect(session.evidence().lastAckAt).toBeGreaterThanOrEqual(before);
  await session.close();
  expect(session.evidence()).toEqual(NO_EVIDENCE);
});

test("closing: idempotent, nothing is reported, nothing may be sent, the abort signal does it too", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const count = instance.changes.length;
  await Promise.all([session.close(), session.close({ logout: true })]);
  await session.close();
  await expect.poll(() => bench.whatsapp.isConnected(ACCOUNT), WAIT).toBe(false);
  await expect(session.send(messageTo(ANA), AbortSignal.timeout(1_000))).rejects.toMatchObject({
    code: "SESSION_CLOSED",
  });
  const controller = new AbortController();
  const next = await bench.open(instance, controller.signal);
  await expect.poll(() => bench.whatsapp.isConnected(ACCOUNT), WAIT).toBe(true);
  controller.abort();
  await expect.poll(() => bench.whatsapp.isConnected(ACCOUNT), WAIT).toBe(false);
  await next.close();
  expect(instance.changes.slice(count).every(({ state }) => state === "connected")).toBe(true);
});

test("logging out unlinks the device", async () => {
  await using bench = await AccountBench.start();
  const { session } = await bench.pair(ACCOUNT);
  await session.close({ logout: true });
  await expect.poll(() => bench.whatsapp.phone(ACCOUNT).devices, WAIT).toEqual([]);
});

test("credentials of a pairing that was not finished are not used", async () => {
  await using bench = await AccountBench.start();
  const instance = new MemoryInstance();
  const halfPaired = { me: { id: `${ACCOUNT}@s.whatsapp.net`, name: "~" } };
  instance.rows.set("creds|main", encodeExactJson(halfPaired));
  await bench.open(instance);
  expect(await firstQr(instance)).toContain(",");
});

test("keys that cannot be read end the session for good, and nothing is refused", async () => {
  await using bench = await AccountBench.start();
  const { instance } = await bench.pair(ACCOUNT);
  await bench.whatsapp.peer(ANA).send(ACCOUNT, "one");
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  await expect.poll(() => bench.whatsapp.pending(ACCOUNT), WAIT).toEqual([]);
  bench.whatsapp.drop(ACCOUNT);
  await bench.connect(instance);
  for (const name of instance.rows.keys()) {
    if (name.startsWith("session|")) instance.rows.set(name, Buffer.from("{ not JSON"));
  }
  await bench.whatsapp.peer(ANA).send(ACCOUNT, "two");
  await expect.poll(() => instance.changes.at(-1)?.state, WAIT).toBe("closed");
  await expect.poll(() => bench.whatsapp.isConnected(ACCOUNT), WAIT).toBe(false);
  expect(bench.whatsapp.nacks(ACCOUNT)).toEqual([]);
  expect(bench.whatsapp.pending(ACCOUNT)).toHaveLength(1);
});

test("no secret, QR or text is logged", async () => {
  await using bench = await AccountBench.start();
  const { instance } = await bench.pair(ACCOUNT);
  await bench.whatsapp.peer(ANA).send(ACCOUNT, "topsecret");
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  bench.whatsapp.streamError(ACCOUNT, 503);
  await expect.poll(() => instance.changes.at(-1)?.state, WAIT).toBe("closed");
  const log = instance.logged.join("\n").replaceAll(/"version":"[\d.]+"/g, "");
  expect(log).not.toMatch(/topsecret|linked_devices|\d{5,}/);
});
