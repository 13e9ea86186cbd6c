import { expect, test } from "vitest";
import { AccountBench } from "./fixtures/account-bench.ts";

const ACCOUNT = "5511999990000";
const WAIT = { timeout: 10_000, interval: 5 };

test("pain 14: a pre-key that a new contact has used up is erased with its message", async () => {
  await using bench = await AccountBench.start();
  const { instance } = await bench.pair(ACCOUNT);
  const preKeys = () => [...instance.rows.keys()].filter((key) => key.startsWith("pre-key")).length;
  // The phone uses one up as well, to share the key of the chats' state.
  const hasKey = () =>
    [...instance.rows.keys()].some((key) => key.startsWith("app-state-sync-key"));
  await expect.poll(hasKey, WAIT).toBe(true);
  const before = preKeys();
  expect(before).toBeGreaterThan(100);
  for (let contact = 1; contact <= 5; contact += 1) {
    await bench.whatsapp.peer(`551198888000${contact}`).send(ACCOUNT, "hello");
  }
  await expect.poll(() => instance.received.length, WAIT).toBe(5);
  expect(preKeys()).toBe(before - 5);
});
