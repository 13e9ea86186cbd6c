import { expect, test } from "vitest";
import { TelegramBench, WAIT } from "../fixtures/telegram-bench.ts";

const SEND = { method: "sendMessage" };
const hello = { type: "text", text: "hello" } as const;

test("a chat that Telegram does not know, and a person who has blocked the bot", async () => {
  await using bench = await TelegramBench.start();
  const talk = await bench.talk();
  expect(await bench.send({ id: talk.id, chatId: "424242" }, hello)).toMatchObject({
    status: "failed",
    error: { code: "SEND_REJECTED", message: expect.stringMatching(/chat not found/) },
  });
  talk.ana.block(talk.bot);
  expect(await bench.send(talk, hello)).toMatchObject({
    status: "failed",
    error: { code: "SEND_REJECTED", message: expect.stringMatching(/blocked by the user/) },
  });
});

test.each([
  ["a broken line", { kind: "reset", handled: true }],
  ["a failure of the server", { kind: "error", code: 500, handled: true }],
  ["a page of something in between", { kind: "html", status: 502, handled: true }],
  ["silence", { kind: "hang", handled: true }],
] as const)("%s after the message left is said, and nothing is sent twice", async (_, fault) => {
  await using bench = await TelegramBench.start({ timeoutMs: 500 });
  const talk = await bench.talk();
  bench.telegram.fail(fault, SEND);
  expect(await bench.send(talk, hello)).toMatchObject({
    status: "unconfirmed",
    error: { code: "SEND_OUTCOME_UNKNOWN" },
  });
  await bench.send(talk, { type: "text", text: "next" });
  const texts = talk.bot.chatWith(talk.ana).messages.map(({ text }) => text);
  expect(texts).toEqual(["/start", "hello", "next"]);
});

test("an edit whose answer was lost is made again: that changes nothing", async () => {
  await using bench = await TelegramBench.start();
  const talk = await bench.talk();
  const { messageId } = await bench.send(talk, hello);
  bench.telegram.fail({ kind: "reset", handled: true }, { method: "editMessageText" });
  const edited = await bench.send(talk, { type: "edit", messageId, text: "bye" });
  expect(edited).toMatchObject({ status: "sent" });
  expect(talk.bot.chatWith(talk.ana).messages.at(-1)?.text).toBe("bye");
});

test("a chat that gets too much waits alone, and keeps its order", async () => {
  await using bench = await TelegramBench.start();
  const talk = await bench.talk();
  const bia = bench.telegram.createUser({ firstName: "Bia" });
  bia.write(talk.bot, "/start");
  await bench.events(talk.id, "message.received", 2);
  bench.telegram.fail({ kind: "error", code: 429, retryAfter: 4 }, SEND);
  const began = Date.now();
  for (const text of ["1", "2", "3"]) {
    await bench.manager.send(talk.id, talk.chatId, { type: "text", text });
  }
  await expect.poll(() => talk.bot.calls.some(({ status }) => status === 429), WAIT).toBe(true);
  await bench.send({ id: talk.id, chatId: String(bia.id) }, hello);
  expect(Date.now() - began).toBeLessThan(4_000);
  const texts = () => talk.bot.chatWith(talk.ana).messages.map(({ text }) => text);
  await expect.poll(texts, WAIT).toEqual(["/start", "1", "2", "3"]);
  expect(Date.now() - began).toBeGreaterThanOrEqual(4_000);
});

test("a group that became a supergroup gets what is sent to its former id", async () => {
  await using bench = await TelegramBench.start();
  const { bot, ana, id } = await bench.talk();
  const group = bench.telegram.createGroup(ana, "Team");
  group.add(bot);
  await bench.manager.stop(id);
  // Nobody told us yet.
  const supergroup = group.migrate();
  bench.telegram.fail({ kind: "error", code: 500 }, { method: "getUpdates", times: 1 });
  await bench.manager.start(id, { until: "connected", timeoutMs: 10_000 });
  const chatId = String(group.id);
  expect(await bench.send({ id, chatId }, hello)).toMatchObject({ status: "sent" });
  expect(await bench.send({ id, chatId }, hello)).toMatchObject({ status: "sent" });
  expect(supergroup.messages.filter(({ text }) => text === "hello")).toHaveLength(2);
  const migrations = await bench.events(id, "chat.migrated", 1);
  expect(migrations).toEqual([{ from: chatId, to: String(supergroup.id) }]);
});

test("a token that is revoked while sending loses no message", async () => {
  await using bench = await TelegramBench.start({ pollSeconds: 30 });
  const talk = await bench.talk();
  await expect.poll(() => talk.bot.isPolled, WAIT).toBe(true);
  bench.telegram.fail({ kind: "error", code: 401, description: "Unauthorized" }, SEND);
  const { id: outboxId } = await bench.manager.send(talk.id, talk.chatId, hello);
  await expect
    .poll(() => bench.manager.get(talk.id), WAIT)
    .toMatchObject({ status: "failed", reason: "bad_token" });
  await bench.manager.start(talk.id, { until: "connected", timeoutMs: 10_000 });
  const status = async () => (await bench.manager.message(talk.id, outboxId)).status;
  await expect.poll(status, WAIT).toBe("sent");
});
