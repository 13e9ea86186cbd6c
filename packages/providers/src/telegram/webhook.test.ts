import type { Push } from "@orquesta/core";
import { expect, test } from "vitest";
import { FakeTelegram } from "../testing/telegram/fake-telegram.ts";
import type { FakeTelegramBot } from "../testing/telegram/people/fake-bot.ts";
import { TelegramBench } from "./fixtures/telegram-bench.ts";

const secretOf = (bot: FakeTelegramBot) =>
  String(
    bot.calls.findLast(({ method }) => /^setWebhook$/i.test(method))?.parameters["secret_token"],
  );

const push = (update: unknown, secret: string): Push => ({
  headers: { "x-telegram-bot-api-secret-token": secret },
  body: Buffer.from(typeof update === "string" ? update : JSON.stringify(update)),
});

test("updates that Telegram posts are taken once, and only with the secret", async () => {
  // Nobody listens there: what is posted, the test posts.
  const webhookUrl = (id: string) => `http://127.0.0.1:9/${id}`;
  await using bench = await TelegramBench.start({ webhookUrl });
  const bot = bench.telegram.createBot();
  const ana = bench.telegram.createUser({ firstName: "Ana" });
  const { id } = await bench.connect(bot, { updates: "webhook" });
  expect(bot.webhookUrl).toBe(webhookUrl(id));
  const secret = secretOf(bot);
  expect(secret).toMatch(/^[\w-]{43}$/);
  ana.write(bot, "posted");
  const message = bot.chatWith(ana).messages.at(-1);
  const update = { update_id: 7, message };
  for (const wrong of ["", "x", `${secret}x`]) {
    await expect(bench.manager.push(id, push(update, wrong))).rejects.toMatchObject({
      code: "PUSH_REFUSED",
    });
  }
  await expect(
    bench.manager.push(id, { headers: {}, body: Buffer.from("{}") }),
  ).rejects.toMatchObject({
    code: "PUSH_REFUSED",
  });
  await expect(bench.manager.push(id, push("{", secret))).rejects.toMatchObject({
    code: "VALIDATION_FAILED",
  });
  await bench.manager.push(id, push(update, secret));
  await bench.manager.push(id, push(update, secret));
  const received = await bench.events(id, "message.received", 1);
  expect(received.map((event) => event.message.content)).toEqual([
    { type: "text", text: "posted" },
  ]);
  await bench.manager.restart(id);
  await bench.manager.start(id, { until: "connected", timeoutMs: 10_000 });
  expect(secretOf(bot)).toBe(secret);
  await bench.manager.logout(id);
  expect(bot.webhookUrl).toBe("");
});

test("a bot that polls refuses what is posted", async () => {
  await using bench = await TelegramBench.start();
  const { id } = await bench.talk();
  await expect(bench.manager.push(id, push({ update_id: 1 }, "x"))).rejects.toMatchObject({
    code: "PUSH_REFUSED",
  });
});

test("a webhook that somebody else has set is noticed", async () => {
  await using telegram = await FakeTelegram.listen();
  const webhookUrl = () => "http://127.0.0.1:9/ours";
  await using bench = await TelegramBench.start({ telegram, webhookUrl, pollSeconds: 1 });
  const bot = telegram.createBot();
  const { id } = await bench.connect(bot, { updates: "webhook" });
  await fetch(`${telegram.url}/bot${bot.token}/setWebhook?url=http://127.0.0.1:9/theirs`);
  await expect
    .poll(() => bench.manager.get(id), { timeout: 10_000 })
    .toMatchObject({ status: "reconnecting", reason: "polled_elsewhere" });
});
