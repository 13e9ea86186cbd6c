import { expect, test } from "vitest";
import { FakeTelegram } from "../testing/telegram/fake-telegram.ts";
import { TelegramBench, WAIT } from "./fixtures/telegram-bench.ts";

test("a bot connects without pairing, hears a text and answers it", async () => {
  await using bench = await TelegramBench.start();
  const bot = bench.telegram.createBot({ firstName: "Shop" });
  const ana = bench.telegram.createUser({ firstName: "Ana", lastName: "Lima" });
  const { id, account, paired } = await bench.connect(bot);
  expect([account, paired]).toEqual([
    { id: String(bot.id), phone: null, lid: null, jid: null, name: "Shop" },
    true,
  ]);
  const { message_id } = ana.write(bot, "hola");
  const [received] = await bench.events(id, "message.received", 1);
  expect(received?.message).toMatchObject({
    id: String(message_id),
    chatId: String(ana.id),
    chatType: "direct",
    sender: { id: String(ana.id), name: "Ana Lima" },
    content: { type: "text", text: "hola" },
    quote: null,
  });
  const chat = { id, chatId: String(ana.id) };
  const sent = await bench.send(chat, {
    type: "text",
    text: "pong",
    quoteMessageId: String(message_id),
  });
  const shown = await bot.chatWith(ana).waitFor(({ text }) => text === "pong");
  expect(sent).toMatchObject({ status: "sent", messageId: String(shown.message_id) });
  expect(shown.reply_to_message?.message_id).toBe(message_id);
});

test("pairing says that Telegram has none", async () => {
  await using bench = await TelegramBench.start();
  const { id } = await bench.connect(bench.telegram.createBot());
  await expect(bench.manager.challenge(id)).rejects.toMatchObject({
    code: "CAPABILITY_MISSING",
    message: expect.stringMatching(/telegram has no QR code/),
  });
  await expect(bench.manager.pair(id, { phone: "+5511999990000" })).rejects.toMatchObject({
    code: "CAPABILITY_MISSING",
  });
});

test("a token that is none, or that Telegram does not know, makes no instance", async () => {
  await using bench = await TelegramBench.start();
  const create = (settings: object) => bench.manager.create({ provider: "telegram", settings });
  await expect(create({ token: "hello" })).rejects.toMatchObject({
    code: "VALIDATION_FAILED",
    details: [{ field: "token" }],
  });
  await expect(create({ token: "12345:AAAAAAAAAAAAAAAAAAAA" })).rejects.toMatchObject({
    code: "VALIDATION_FAILED",
    message: "Telegram does not know this token",
  });
  const token = bench.telegram.createBot().token;
  const apiRoot = "http://127.0.0.1:9/";
  await expect(create({ token, apiRoot })).rejects.toMatchObject({ code: "PLATFORM_UNREACHABLE" });
  const proxy = "socks5://127.0.0.1:9";
  await expect(create({ token, proxy })).rejects.toMatchObject({ code: "PROXY_FAILED" });
  expect(await bench.manager.list()).toEqual([]);
});

test("a token that is revoked ends the instance with the reason", async () => {
  await using bench = await TelegramBench.start();
  const bot = bench.telegram.createBot();
  const { id } = await bench.connect(bot);
  const token = bot.revokeToken();
  await expect
    .poll(() => bench.manager.get(id), WAIT)
    .toMatchObject({ status: "failed", reason: "bad_token" });
  await bench.manager.configure(id, { settings: { token } });
  await bench.manager.start(id, { until: "connected", timeoutMs: 10_000 });
});

test("commands are registered, and changed without a new session", async () => {
  await using bench = await TelegramBench.start();
  const bot = bench.telegram.createBot();
  const commands = [{ command: "start", description: "Begins" }];
  const { id } = await bench.connect(bot, { commands });
  const set = () => bot.calls.filter(({ method }) => method.toLowerCase() === "setmycommands");
  expect(set().map(({ parameters }) => parameters["commands"])).toEqual([commands]);
  await bench.manager.configure(id, {
    settings: { commands: [...commands, { command: "stop", description: "Ends" }] },
  });
  expect(set()).toHaveLength(2);
  expect(bot.calls.filter(({ method }) => method.toLowerCase() === "getme")).toHaveLength(3);
});

test("each bot may have a Bot API server of its own", async () => {
  await using other = await FakeTelegram.listen();
  await using bench = await TelegramBench.start();
  const bot = other.createBot({ firstName: "Elsewhere" });
  const { account } = await bench.connect(bot, { apiRoot: other.url });
  expect(account?.name).toBe("Elsewhere");
});

test("stopping, logging out and closing leave no poll behind", async () => {
  await using bench = await TelegramBench.start();
  const bot = bench.telegram.createBot();
  const { id } = await bench.connect(bot);
  await expect.poll(() => bot.isPolled, WAIT).toBe(true);
  await bench.manager.stop(id);
  await expect.poll(() => bot.isPolled, WAIT).toBe(false);
  await bench.manager.start(id, { until: "connected", timeoutMs: 10_000 });
  await bench.manager.logout(id);
  await expect.poll(() => bot.isPolled, WAIT).toBe(false);
});
