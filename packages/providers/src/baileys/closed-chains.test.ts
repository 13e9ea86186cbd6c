import { expect, test } from "vitest";
import { AccountBench } from "./fixtures/account-bench.ts";
import type { MemoryInstance } from "./fixtures/memory-context.ts";

const ACCOUNT = "5511999990000";
const ANA = "5511988887777";
const WAIT = { timeout: 10_000, interval: 5 };

function sessionBytes({ rows }: MemoryInstance): number {
  const sessions = [...rows].filter(([key]) => key.startsWith("session|"));
  return sessions.reduce((sum, [, value]) => sum + value.length, 0);
}

test("a long talk does not make its session grow, and a late message is still read", async () => {
  await using bench = await AccountBench.start();
  const { whatsapp, provider } = bench;
  const { instance, session } = await bench.pair(ACCOUNT);
  const ana = whatsapp.peer(ANA);
  const chatId = provider.parseChatId(ANA);
  const hear = async (say: () => unknown) => {
    const { length } = instance.received;
    await say();
    await expect.poll(() => instance.received.length, WAIT).toBe(length + 1);
  };
  const answer = async () => {
    const { length } = ana.received;
    const messageId = provider.createMessageId();
    const content = { type: "text" as const, text: "answer" };
    const message = { outboxId: messageId, messageId, chatId, content, attempt: 1 };
    await session.send(message, AbortSignal.timeout(10_000));
    await expect.poll(() => ana.received.length, WAIT).toBe(length + 1);
  };
  const talk = async (turns: number) => {
    for (let turn = 0; turn < turns; turn += 1) {
      await hear(() => ana.send(ACCOUNT, "question"));
      await answer();
    }
  };
  await talk(12);
  const early = sessionBytes(instance);
  const late = await ana.prepare(ACCOUNT, ["late"]);
  await talk(3);
  await hear(() => late.push());
  await talk(25);
  expect(sessionBytes(instance)).toBeLessThan(early * 1.3);
  expect([whatsapp.nacks(ACCOUNT), whatsapp.retries(ACCOUNT)]).toEqual([[], []]);
});
