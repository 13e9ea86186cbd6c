import { Telegraf } from "telegraf";
import { expect, onTestFinished, test } from "vitest";
import { FakeTelegram } from "./fake-telegram.ts";
import type { FakeTelegramBot } from "./people/fake-bot.ts";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Bare telegraf, the way its readme says. */
function launch(telegram: FakeTelegram, bot: FakeTelegramBot, prepare: (bot: Telegraf) => void) {
  const telegraf = new Telegraf(bot.token, { telegram: { apiRoot: telegram.url } });
  prepare(telegraf);
  const running = telegraf.launch({ allowedUpdates: ["message", "callback_query", "poll_answer"] });
  // A test that ends early must not meet a rejection of nobody.
  running.catch(() => undefined);
  onTestFinished(async () => {
    telegraf.stop();
    await running;
  });
  return telegraf;
}

async function scene() {
  const telegram = await FakeTelegram.listen();
  onTestFinished(() => telegram.close());
  return { telegram, bot: telegram.createBot(), ana: telegram.createUser({ firstName: "Ana" }) };
}

test("a telegraf bot answers texts, commands and buttons", async () => {
  const { telegram, bot, ana } = await scene();
  launch(telegram, bot, (telegraf) => {
    telegraf.start((context) =>
      context.reply(`welcome ${context.from.first_name}`, {
        reply_markup: { inline_keyboard: [[{ text: "Tea", callback_data: "tea" }]] },
      }),
    );
    telegraf.action("tea", async (context) => {
      await context.answerCbQuery("coming");
      await context.editMessageText("tea it is");
    });
    telegraf.on("text", (context) => context.reply(`you said ${context.message.text}`));
  });
  ana.write(bot, "/start");
  const chat = bot.chatWith(ana);
  const welcome = await chat.waitFor(({ text }) => text === "welcome Ana");
  expect(await ana.press(bot, welcome.message_id, "tea").answered()).toEqual({
    text: "coming",
    showAlert: false,
  });
  await chat.waitFor(({ text }) => text === "tea it is");
  ana.write(bot, "hello");
  await chat.waitFor(({ text }) => text === "you said hello");
});

test("telegraf sends and fetches files, albums and polls", async () => {
  const { telegram, bot, ana } = await scene();
  const links: URL[] = [];
  const telegraf = launch(telegram, bot, (telegraf) => {
    telegraf.on("photo", async (context) => {
      const photo = context.message.photo.at(-1);
      if (photo) links.push(await context.telegram.getFileLink(photo.file_id));
    });
  });
  ana.write(bot, "/start");
  ana.sendFile(bot, "photo", PNG);
  await expect.poll(() => links).toHaveLength(1);
  const response = await fetch(links[0] ?? "");
  expect(Buffer.from(await response.arrayBuffer())).toEqual(PNG);
  const { telegram: api } = telegraf;
  const sent = await api.sendPhoto(ana.id, { source: PNG, filename: "a.png" }, { caption: "a" });
  expect(sent).toMatchObject({ caption: "a", photo: [{}, { width: 1 }] });
  const album = await api.sendMediaGroup(ana.id, [
    { type: "photo", media: { source: PNG } },
    { type: "photo", media: sent.photo[0]?.file_id ?? "" },
  ]);
  expect(album).toHaveLength(2);
  const poll = await api.sendPoll(ana.id, "Tea?", ["yes", "no"], { is_anonymous: false });
  ana.vote(bot, poll.message_id, [0]);
  expect(await api.stopPoll(ana.id, poll.message_id)).toMatchObject({ total_voter_count: 1 });
});

test("telegraf's errors carry the code, the words and what to wait", async () => {
  const { telegram, bot, ana } = await scene();
  const api = new Telegraf(bot.token, { telegram: { apiRoot: telegram.url } }).telegram;
  await expect(api.sendMessage(ana.id, "x")).rejects.toMatchObject({
    code: 400,
    description: "Bad Request: chat not found",
  });
  ana.write(bot, "/start");
  telegram.rateLimits.enable();
  await api.sendMessage(ana.id, "x");
  await expect(api.sendMessage(ana.id, "x")).rejects.toMatchObject({
    code: 429,
    parameters: { retry_after: 1 },
  });
});
