import { afterEach, expect, test } from "vitest";
import { AccountBench } from "./fixtures/account-bench.ts";
import { EngineBench } from "./fixtures/engine-bench.ts";
import { MemoryInstance } from "./fixtures/memory-context.ts";

const ACCOUNT = "5511999990000";
const WAIT = { timeout: 30_000, interval: 20 };

function live(kind: string): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === kind).length;
}

afterEach(() => globalThis.gc?.());

test("pain 13: 200 logins and ends leave no timer and no socket behind", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  await session.close();
  await expect.poll(() => bench.whatsapp.connections, WAIT).toBe(0);
  const before = { timers: live("Timeout"), sockets: live("TCPSocketWrap") };
  let most = 0;
  for (let cycle = 0; cycle < 200; cycle += 1) {
    const next = await bench.connect(instance);
    await next.close();
    most = Math.max(most, live("Timeout"));
    // A long run of one test would only grow what the test itself keeps.
    instance.commits.length = 0;
  }
  // While it goes on: Baileys' own queries of a minute would pile up to 600.
  expect(most - before.timers).toBeLessThan(60);
  await expect.poll(() => bench.whatsapp.connections, WAIT).toBe(0);
  await expect.poll(() => live("TCPSocketWrap"), WAIT).toBeLessThanOrEqual(before.sockets);
  await expect.poll(() => live("Timeout"), WAIT).toBeLessThanOrEqual(before.timers + 2);
}, 120_000);

test("pain 13: attempts that the server refuses leave nothing behind either", async () => {
  await using bench = await AccountBench.start();
  bench.whatsapp.refuseUpgrade(503);
  const before = live("TCPSocketWrap");
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const instance = new MemoryInstance(`refused ${attempt}`);
    const session = await bench.open(instance);
    await expect.poll(() => instance.changes.length, WAIT).toBe(1);
    await session.close();
  }
  await expect.poll(() => bench.whatsapp.connections, WAIT).toBe(0);
  await expect.poll(() => live("TCPSocketWrap"), WAIT).toBeLessThanOrEqual(before);
}, 60_000);

test("pain 7: 20 connections that are cut at once come back by themselves", async () => {
  await using bench = await EngineBench.start();
  const numbers = Array.from({ length: 20 }, (_, n) => `55119999900${String(n).padStart(2, "0")}`);
  const ids: string[] = [];
  for (const number of numbers) ids.push(await bench.pair(number));
  const lost: string[] = [];
  bench.manager.on("instance.status_changed", ({ instanceId, data }) => {
    if (data.status === "reconnecting") lost.push(instanceId);
  });
  for (const number of numbers) bench.whatsapp.drop(number);
  await expect.poll(() => lost.toSorted(), WAIT).toEqual(ids.toSorted());
  for (const id of ids) await bench.until(id, "connected");
  expect(bench.whatsapp.connections).toBe(20);
}, 120_000);
