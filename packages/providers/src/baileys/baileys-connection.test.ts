import { randomBytes } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { encodeExactJson } from "./exact-json.ts";
import { AccountBench, firstQr } from "./fixtures/account-bench.ts";
import { MemoryInstance } from "./fixtures/memory-context.ts";
import { baileys } from "./index.ts";

const ACCOUNT = "5511999990000";
const ANA = "5511988887777";
const WAIT = { timeout: 10_000, interval: 5 };

afterEach(() => void vi.useRealTimers());

const closedWith = (afterwards: string, reason: string) =>
  expect.objectContaining({ state: "closed", afterwards, reason });

test.each([
  [503, "reconnect", "unavailable"],
  [440, "fail", "replaced"],
  [401, "log_out", "logged_out"],
  [515, "restart", "restart_required"],
] as const)("stream error %i: %s, %s", async (code, afterwards, reason) => {
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

test("an HTTP answer instead of a WebSocket ends the attempt at once", async () => {
  await using bench = await AccountBench.start();
  bench.whatsapp.refuseUpgrade(503);
  const instance = new MemoryInstance();
  await bench.open(instance);
  await expect
    .poll(() => instance.changes, WAIT)
    .toEqual([closedWith("reconnect", "connection_refused")]);
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

test("a silent network is noticed", async () => {
  await using bench = await AccountBench.start();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  const { instance, session } = await bench.pair(ACCOUNT);
  expect(session.lastSeenAt()).toBeLessThanOrEqual(Date.now());
  bench.whatsapp.stall(ACCOUNT);
  vi.advanceTimersByTime(56_000);
  expect(instance.changes.at(-1)).toEqual(closedWith("reconnect", "unresponsive"));
});

test("a certificate that the root did not sign is refused, unless the check is off", async () => {
  const rootKey = randomBytes(32).toString("hex");
  await using bench = await AccountBench.start({}, { rootKey });
  const instance = new MemoryInstance();
  await bench.open(instance);
  await expect
    .poll(() => instance.changes, WAIT)
    .toEqual([closedWith("reconnect", "connection_refused")]);
  expect(instance.emitted).toEqual([]);
});

test("closing: idempotent, nothing is reported, nothing may be sent, the abort signal does it too", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const count = instance.changes.length;
  await Promise.all([session.close(), session.close({ logout: true })]);
  await session.close();
  await expect.poll(() => bench.whatsapp.isConnected(ACCOUNT), WAIT).toBe(false);
  const message = {
    outboxId: "o",
    messageId: "3EB0",
    chatId: `${ANA}@s.whatsapp.net`,
    content: { type: "text" as const, text: "x" },
    attempt: 1,
  };
  await expect(session.send(message, AbortSignal.timeout(1_000))).rejects.toMatchObject({
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
  const log = instance.logged.join("\n");
  expect(log).not.toMatch(/topsecret|linked_devices|\d{5,}/);
});
