import { expect, test } from "vitest";
import { TelegramBench, WAIT } from "./fixtures/telegram-bench.ts";

test("a token that is revoked while the bot is connected: its instance fails and says why, others go on", async () => {
  await using bench = await TelegramBench.start();
  const [revoked, other] = [await bench.talk(), await bench.talk()];
  const token = revoked.bot.revokeToken();
  // It hears of it with its next question, or when it sends.
  const { id: outboxId } = await bench.manager.send(revoked.id, revoked.chatId, {
    type: "text",
    text: "still there?",
  });
  await expect
    .poll(() => bench.manager.get(revoked.id), WAIT)
    .toMatchObject({ status: "failed", reason: "bad_token", desired: "running" });
  const told = await bench.events(revoked.id, "instance.status_changed", 3);
  expect(told.at(-1)).toMatchObject({
    status: "failed",
    previous: "connected",
    reason: "bad_token",
  });
  expect(await bench.manager.message(revoked.id, outboxId)).toMatchObject({ status: "queued" });
  expect(bench.logged.join("\n")).toContain("give the instance another one");

  other.ana.write(other.bot, "hello");
  const heard = await bench.events(other.id, "message.received", 2);
  expect(heard.at(-1)?.message.content).toEqual({ type: "text", text: "hello" });
  expect(await bench.send(other, { type: "text", text: "hi" })).toMatchObject({ status: "sent" });
  expect(await bench.manager.get(other.id)).toMatchObject({ status: "connected" });
  expect(await bench.manager.get(revoked.id)).toMatchObject({ status: "failed" });

  revoked.ana.write(revoked.bot, "meanwhile");
  await bench.manager.configure(revoked.id, { settings: { token } });
  await bench.manager.start(revoked.id, { until: "connected", timeoutMs: 10_000 });
  const caught = await bench.events(revoked.id, "message.received", 2);
  expect(caught.at(-1)?.message.content).toEqual({ type: "text", text: "meanwhile" });
  const status = async () => (await bench.manager.message(revoked.id, outboxId)).status;
  await expect.poll(status, WAIT).toBe("sent");
});
