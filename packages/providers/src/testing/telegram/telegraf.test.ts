import { Telegraf } from "telegraf";
import { onTestFinished, test } from "vitest";
import { FakeTelegram } from "./fake-telegram.ts";
import type { FakeTelegramBot } from "./people/fake-bot.ts";

/** Bare telegraf, the way its readme says. */
function launch(telegram: FakeTelegram, bot: FakeTelegramBot, prepare: (bot: Telegraf) => void) {
  const telegraf = new Telegraf(bot.token, { telegram: { apiRoot: telegram.url } });
  prepare(telegraf);
  const running = telegraf.launch();
  onTestFinished(async () => {
    telegraf.stop();
    await running;
  });
  return telegraf;
}

test("a telegraf bot answers texts and commands", async () => {
  const telegram = await FakeTelegram.listen();
  onTestFinished(() => telegram.close());
  const bot = telegram.createBot();
  launch(telegram, bot, (telegraf) => {
    telegraf.start((context) => context.reply(`welcome ${context.from.first_name}`));
    telegraf.on("text", (context) => context.reply(`you said ${context.message.text}`));
  });
  const ana = telegram.createUser({ firstName: "Ana" });
  ana.write(bot, "/start");
  const chat = bot.chatWith(ana);
  await chat.waitFor(({ text }) => text === "welcome Ana");
  ana.write(bot, "hello");
  await chat.waitFor(({ text }) => text === "you said hello");
});
