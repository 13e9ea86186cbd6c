import type { InstanceView } from "@orquesta/core";
import { afterEach, expect, test, vi } from "vitest";
import { EngineBench } from "./fixtures/engine-bench.ts";

const ACCOUNT = "5511999990000";

afterEach(() => void vi.useRealTimers());

/** Every change of an instance's status, with its reason. */
function changesOf({ manager }: EngineBench): string[] {
  const changes: string[] = [];
  manager.on("instance.status_changed", ({ data: { status, reason } }) => {
    changes.push(reason === null ? status : `${status} ${reason}`);
  });
  return changes;
}

async function until(seen: () => Promise<InstanceView>, status: string, timeout: number) {
  await expect.poll(async () => (await seen()).status, { timeout, interval: 5 }).toBe(status);
}

test("pain 6: a half-dead connection is not shown as connected, and is replaced", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  await using bench = await EngineBench.start();
  const id = await bench.pair(ACCOUNT);
  const seen = await bench.manager.get(id);
  expect(seen.lastSeenAt).not.toBeNull();
  expect(seen.evidence).toMatchObject({ lastPingAt: expect.any(String), lastAckAt: null });
  const changes = changesOf(bench);
  const revive = bench.whatsapp.stall(ACCOUNT);
  await vi.advanceTimersByTimeAsync(45_000);
  expect((await bench.manager.get(id)).status).toBe("connected");
  await vi.advanceTimersByTimeAsync(15_000);
  await until(() => bench.manager.get(id), "connected", 20_000);
  expect(changes).toEqual(["reconnecting unresponsive", "connected"]);
  revive();
});

test("pain 6: a message on a half-dead connection is not called sent before its successor sent it", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  await using bench = await EngineBench.start();
  const { manager, whatsapp } = bench;
  const id = await bench.pair(ACCOUNT);
  const ana = whatsapp.peer("5511988887777");
  const say = (text: string) =>
    manager.send(id, ana.number, { type: "text", text }, { until: "sent", timeoutMs: 12_000 });
  const heard = () => ana.received.map(({ text }) => text);
  // With the keys of the first message the second one can leave at once.
  expect((await say("hello")).status).toBe("sent");
  whatsapp.stall(ACCOUNT);
  await vi.advanceTimersByTimeAsync(1000);
  const message = await say("are you there?");
  expect(message.status).not.toBe("sent");
  expect(heard()).toEqual(["hello"]);
  await vi.advanceTimersByTimeAsync(60_000);
  const status = async () => (await manager.message(id, message.id)).status;
  await expect.poll(status, { timeout: 20_000 }).toMatch(/sent|delivered/);
  await expect.poll(heard, { timeout: 5_000 }).toEqual(["hello", "are you there?"]);
}, 60_000);

test("pain 6: a ping that is answered keeps a quiet connection", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  await using bench = await EngineBench.start();
  const id = await bench.pair(ACCOUNT);
  const changes = changesOf(bench);
  for (let pings = 0; pings < 10; pings += 1) {
    const before = (await bench.manager.get(id)).evidence?.lastPingAt;
    await vi.advanceTimersByTimeAsync(30_000);
    // The answer comes in real time.
    await expect
      .poll(async () => (await bench.manager.get(id)).evidence?.lastPingAt, { timeout: 10_000 })
      .not.toBe(before);
  }
  const { lastSeenAt } = await bench.manager.get(id);
  expect(Date.now() - Date.parse(lastSeenAt ?? "")).toBeLessThan(50_000);
  expect(changes).toEqual([]);
});

test.each([
  ["upgrade", "connection_refused"],
  ["hello", "connection_lost"],
] as const)(
  "a server that never answers the %s is given up in bounded time",
  async (point, reason) => {
    await using bench = await EngineBench.start();
    bench.whatsapp.hangAt(point);
    const id = await bench.create("stuck");
    await bench.manager.start(id);
    // Baileys' own 20 s, and one for the socket to close.
    await until(() => bench.manager.get(id), "reconnecting", 30_000);
    expect(await bench.manager.get(id)).toMatchObject({ reason });
    bench.whatsapp.hangAt(null);
    await until(() => bench.manager.get(id), "pairing", 20_000);
    expect(bench.whatsapp.connections).toBe(1);
  },
  60_000,
);

test("Retry-After is heeded before the next attempt", async () => {
  await using bench = await EngineBench.start();
  bench.whatsapp.refuseUpgrade(429, { retryAfter: 3 });
  const id = await bench.create("sent away");
  const changedAt: number[] = [];
  bench.manager.on("instance.status_changed", () => changedAt.push(Date.now()));
  await bench.manager.start(id);
  await until(() => bench.manager.get(id), "reconnecting", 20_000);
  expect(await bench.manager.get(id)).toMatchObject({ reason: "rate_limited" });
  const refusedAt = Date.now();
  bench.whatsapp.refuseUpgrade(null);
  await until(() => bench.manager.get(id), "pairing", 20_000);
  expect(Date.now() - refusedAt).toBeGreaterThanOrEqual(3_000);
});

test("replaced by another client: stops, says so, does not fight, and can be started again", async () => {
  await using bench = await EngineBench.start();
  const id = await bench.pair(ACCOUNT);
  const logins: unknown[] = [];
  bench.whatsapp.events.on("login", (login) => logins.push(login));
  bench.whatsapp.streamError(ACCOUNT, 440);
  const view = await bench.until(id, "failed");
  expect(view).toMatchObject({ reason: "replaced", paired: true });
  const { lines } = await bench.manager.logs(id);
  expect(lines.map(({ message }) => message).join("\n")).toContain("another client");
  expect(logins).toEqual([]);
  await bench.manager.start(id, { until: "connected", timeoutMs: 20_000 });
  expect(logins).toHaveLength(1);
});
