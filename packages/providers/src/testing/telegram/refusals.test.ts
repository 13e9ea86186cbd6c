import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeTelegram } from "./fake-telegram.ts";
import type { FakeTelegramBot } from "./people/fake-bot.ts";
import type { FakeTelegramUser } from "./people/fake-user.ts";
import { callApi, callOk } from "./test-caller.ts";
import type { Message } from "./wire/types.ts";

let telegram: FakeTelegram;
let bot: FakeTelegramBot;
let ana: FakeTelegramUser;

beforeEach(async () => {
  telegram = await FakeTelegram.listen();
  bot = telegram.createBot();
  ana = telegram.createUser();
  ana.write(bot, "/start");
});

afterEach(() => telegram.close());

const TEXT = "x".repeat(4_097);
const button = (fields: object) => ({ inline_keyboard: [[{ text: "Yes", ...fields }]] });

describe("what is no message is refused", () => {
  const cases: readonly (readonly [string, string, object, string])[] = [
    ["an empty text", "sendMessage", { text: "" }, "message text is empty"],
    ["blanks", "sendMessage", { text: " \n " }, "message text is empty"],
    ["no text", "sendMessage", {}, "message text is empty"],
    ["a long text", "sendMessage", { text: TEXT }, "message is too long"],
    ["a chat that is none", "sendMessage", { chat_id: 42, text: "x" }, "chat not found"],
    ["no chat", "sendMessage", { chat_id: "", text: "x" }, "chat_id is empty"],
    [
      "an answer to nothing",
      "sendMessage",
      { text: "x", reply_parameters: { message_id: 99 } },
      "message to be replied not found",
    ],
    [
      "an open HTML tag",
      "sendMessage",
      { text: "<b>x", parse_mode: "HTML" },
      "can't parse entities: Can't find end tag",
    ],
    [
      "an unknown HTML tag",
      "sendMessage",
      { text: "<h1>x</h1>", parse_mode: "HTML" },
      'can\'t parse entities: Unsupported start tag "h1"',
    ],
    [
      "a bare dot in MarkdownV2",
      "sendMessage",
      { text: "x.", parse_mode: "MarkdownV2" },
      "Character '.' is reserved",
    ],
    [
      "open bold in MarkdownV2",
      "sendMessage",
      { text: "*x", parse_mode: "MarkdownV2" },
      "Can't find end of Bold entity at byte offset 0",
    ],
    [
      "an unknown parse mode",
      "sendMessage",
      { text: "x", parse_mode: "rtf" },
      "unsupported parse_mode",
    ],
    [
      "button data of 65 bytes",
      "sendMessage",
      { text: "x", reply_markup: button({ callback_data: "é".repeat(33) }) },
      "BUTTON_DATA_INVALID",
    ],
    [
      "a button that does nothing",
      "sendMessage",
      { text: "x", reply_markup: button({}) },
      "text buttons are unallowed",
    ],
    [
      "a button to nowhere",
      "sendMessage",
      { text: "x", reply_markup: button({ url: "nowhere" }) },
      "is invalid: Wrong HTTP URL",
    ],
    ["no file", "sendPhoto", {}, "there is no photo in the request"],
    [
      "a file id that is none",
      "sendPhoto",
      { photo: "AgADBAAD" },
      "wrong file identifier/HTTP URL specified",
    ],
    [
      "a long caption",
      "sendDocument",
      { document: "AgADBAAD", caption: "x".repeat(1_025) },
      "message caption is too long",
    ],
    ["an album of nothing", "sendMediaGroup", { media: [] }, "there are no messages to send"],
    [
      "a poll with one answer",
      "sendPoll",
      { question: "?", options: ["a"] },
      "poll must have at least 2 option",
    ],
    [
      "a place that is nowhere",
      "sendLocation",
      { latitude: 91, longitude: 0 },
      "latitude is invalid",
    ],
    [
      "an action that is none",
      "sendChatAction",
      { action: "dancing" },
      "wrong parameter action in request",
    ],
    [
      "an edit of nothing",
      "editMessageText",
      { message_id: 99, text: "x" },
      "message to edit not found",
    ],
    ["a deletion of nothing", "deleteMessage", { message_id: 99 }, "message to delete not found"],
    [
      "a forward of nothing",
      "forwardMessage",
      { from_chat_id: "self", message_id: 99 },
      "message to forward not found",
    ],
    [
      "a copy of nothing",
      "copyMessage",
      { from_chat_id: "self", message_id: 99 },
      "message to copy not found",
    ],
    [
      "a reaction to nothing",
      "setMessageReaction",
      { message_id: 99 },
      "message to react not found",
    ],
    [
      "a reaction that is none",
      "setMessageReaction",
      { message_id: 1, reaction: [{ type: "emoji", emoji: "🫠" }] },
      "REACTION_INVALID",
    ],
    ["the end of no poll", "stopPoll", { message_id: 1 }, "message with poll to stop not found"],
    [
      "an answer to no question",
      "answerCallbackQuery",
      { callback_query_id: "1" },
      "query is too old",
    ],
    ["a file that is none", "getFile", { file_id: "AgADBAAD" }, "invalid file_id"],
    [
      "a command with blanks",
      "setMyCommands",
      { commands: [{ command: "a b", description: "x" }] },
      "BOT_COMMAND_INVALID",
    ],
    [
      "a webhook without HTTPS",
      "setWebhook",
      { url: "http://bot.example/" },
      "An HTTPS URL must be provided",
    ],
    [
      "a secret with blanks",
      "setWebhook",
      { url: "https://bot.example/", secret_token: "a b" },
      "unallowed characters",
    ],
    [
      "a title of a private chat",
      "setChatTitle",
      { title: "x" },
      "there are no administrators in the private chat",
    ],
    [
      "a business connection that is none",
      "sendMessage",
      { text: "x", business_connection_id: "b" },
      "business connection not found",
    ],
  ];
  test.each(cases)("%s", async (_what, method, parameters, words) => {
    const own = "from_chat_id" in parameters ? { from_chat_id: ana.id } : {};
    const before = bot.chatWith(ana).messages;
    const answer = await callApi(telegram, bot, method, { chat_id: ana.id, ...parameters, ...own });
    expect(answer).toMatchObject({ ok: false, error_code: 400 });
    expect(answer.description).toContain(`Bad Request: `);
    expect(answer.description).toContain(words);
    expect(bot.chatWith(ana).messages).toEqual(before);
  });
});

test("an edit that changes nothing is refused", async () => {
  const markup = button({ callback_data: "yes" });
  const sent = await callOk<Message>(telegram, bot, "sendMessage", {
    chat_id: ana.id,
    text: "one",
    reply_markup: markup,
  });
  const edit = { chat_id: ana.id, message_id: sent.message_id, text: "one" };
  expect(
    await callApi(telegram, bot, "editMessageText", { ...edit, reply_markup: markup }),
  ).toMatchObject({
    error_code: 400,
    description: expect.stringContaining("message is not modified"),
  });
  // Without the keyboard it is another message.
  expect(await callApi(telegram, bot, "editMessageText", edit)).toMatchObject({ ok: true });
  expect(bot.chatWith(ana).messages.at(-1)).not.toHaveProperty("reply_markup.inline_keyboard");
});

test("people's messages are not a bot's to edit", async () => {
  const written = ana.write(bot, "mine");
  const edit = { chat_id: ana.id, message_id: written.message_id, text: "yours" };
  expect(await callApi(telegram, bot, "editMessageText", edit)).toMatchObject({
    description: "Bad Request: message can't be edited",
  });
});

test("who blocked the bot, deleted the account or never wrote gets nothing", async () => {
  const send = (id: number) => callApi(telegram, bot, "sendMessage", { chat_id: id, text: "x" });
  ana.block(bot);
  expect(await send(ana.id)).toMatchObject({
    error_code: 403,
    description: "Forbidden: bot was blocked by the user",
  });
  ana.unblock(bot);
  expect(await send(ana.id)).toMatchObject({ ok: true });
  ana.deactivate();
  expect(await send(ana.id)).toMatchObject({ description: "Forbidden: user is deactivated" });
  const rui = telegram.createUser();
  expect(await send(rui.id)).toMatchObject({ description: "Bad Request: chat not found" });
  const group = telegram.createGroup(rui, "Team");
  group.add(bot);
  expect(await send(rui.id)).toMatchObject({
    error_code: 403,
    description: "Forbidden: bot can't initiate conversation with a user",
  });
  expect(await send(bot.id)).toMatchObject({ error_code: 403 });
});

test("groups that it is not in are closed to it", async () => {
  const group = telegram.createSupergroup(ana, "Team");
  const send = () => callApi(telegram, bot, "sendMessage", { chat_id: group.id, text: "x" });
  expect(await send()).toMatchObject({ description: "Bad Request: chat not found" });
  group.add(bot);
  expect(await send()).toMatchObject({ ok: true });
  await callOk(telegram, bot, "leaveChat", { chat_id: group.id });
  expect(await send()).toMatchObject({
    error_code: 403,
    description: "Forbidden: bot is not a member of the supergroup chat",
  });
  group.add(bot);
  group.remove(bot);
  expect(await send()).toMatchObject({
    description: "Forbidden: bot was kicked from the supergroup chat",
  });
});

test("what needs rights is refused without them", async () => {
  const group = telegram.createSupergroup(ana, "Team");
  const rui = telegram.createUser();
  group.add(bot);
  group.add(rui);
  const message = rui.write(group, "hi");
  const ban = { chat_id: group.id, user_id: rui.id };
  const calls: readonly (readonly [string, object])[] = [
    ["banChatMember", ban],
    ["setChatTitle", { chat_id: group.id, title: "Other" }],
    ["pinChatMessage", { chat_id: group.id, message_id: message.message_id }],
    ["exportChatInviteLink", { chat_id: group.id }],
    ["setChatPermissions", { chat_id: group.id, permissions: {} }],
    ["promoteChatMember", { ...ban, can_manage_chat: true }],
  ];
  for (const [method, parameters] of calls) {
    expect(await callApi(telegram, bot, method, parameters)).toMatchObject({
      error_code: 400,
      description: expect.stringContaining("not enough rights"),
    });
  }
  expect(
    await callApi(telegram, bot, "deleteMessage", {
      chat_id: group.id,
      message_id: message.message_id,
    }),
  ).toMatchObject({ description: "Bad Request: message can't be deleted" });
  group.promote(bot);
  for (const [method, parameters] of calls) {
    expect(await callApi(telegram, bot, method, parameters), method).toMatchObject({ ok: true });
  }
  const owner = { chat_id: group.id, user_id: ana.id };
  expect(await callApi(telegram, bot, "banChatMember", owner)).toMatchObject({
    description: "Bad Request: can't remove chat owner",
  });
  const channel = telegram.createChannel(ana, "News");
  channel.add(bot);
  const post = { chat_id: channel.id, text: "x" };
  expect(await callApi(telegram, bot, "sendMessage", post)).toMatchObject({
    description: "Bad Request: need administrator rights in the channel chat",
  });
  channel.promote(bot);
  expect(await callApi(telegram, bot, "sendMessage", post)).toMatchObject({ ok: true });
});

test("a group that became a supergroup names the new id", async () => {
  const group = telegram.createGroup(ana, "Team");
  group.add(bot);
  await callOk(telegram, bot, "getUpdates", { offset: -1 });
  const supergroup = group.migrate();
  const send = { chat_id: group.id, text: "x" };
  expect(await callApi(telegram, bot, "sendMessage", send)).toEqual({
    ok: false,
    error_code: 400,
    description: "Bad Request: group chat was upgraded to a supergroup chat",
    parameters: { migrate_to_chat_id: supergroup.id },
  });
  const { result } = await callApi(telegram, bot, "getUpdates", { offset: -2 });
  expect(result).toMatchObject([
    { message: { chat: { id: group.id }, migrate_to_chat_id: supergroup.id } },
    { message: { chat: { id: supergroup.id }, migrate_from_chat_id: group.id } },
  ]);
  ana.write(group, "/still");
  expect(supergroup.messages.at(-1)).toMatchObject({ text: "/still" });
});

test("another bot's file ids are none", async () => {
  const other = telegram.createBot();
  ana.write(other, "/start");
  ana.sendFile(bot, "document", Buffer.from("one"), { fileName: "one.txt" });
  const id = bot.chatWith(ana).messages.at(-1)?.document?.file_unique_id;
  const [{ message }] = await callOk<[{ message: Message }]>(telegram, bot, "getUpdates", {
    offset: -1,
  });
  const document = message.document?.file_id;
  expect(message.document?.file_unique_id).toBe(id);
  const send = { chat_id: ana.id, document };
  expect(await callApi(telegram, other, "sendDocument", send)).toMatchObject({
    description: "Bad Request: wrong file identifier/HTTP URL specified",
  });
  expect(await callApi(telegram, bot, "sendDocument", send)).toMatchObject({ ok: true });
  const photo = { chat_id: ana.id, photo: document };
  expect(await callApi(telegram, bot, "sendPhoto", photo)).toMatchObject({
    description: "Bad Request: can't use file of type Document as Photo",
  });
});

test("files that are too large are refused", async () => {
  ana.sendFile(bot, "video", Buffer.from("small here"), { size: 20 * 1_024 * 1_024 + 1 });
  const [{ message }] = await callOk<[{ message: Message }]>(telegram, bot, "getUpdates", {
    offset: -1,
  });
  expect(
    await callApi(telegram, bot, "getFile", { file_id: message.video?.file_id }),
  ).toMatchObject({ description: "Bad Request: file is too big" });
  const large = new Blob([new Uint8Array(51 * 1_024 * 1_024)]);
  const send = { chat_id: ana.id, document: large };
  expect(await callApi(telegram, bot, "sendDocument", send)).toMatchObject({ error_code: 413 });
  const empty = { chat_id: ana.id, document: new Blob([]) };
  expect(await callApi(telegram, bot, "sendDocument", empty)).toMatchObject({
    description: "Bad Request: file must be non-empty",
  });
  const noPhoto = { chat_id: ana.id, photo: new Blob(["text"]) };
  expect(await callApi(telegram, bot, "sendPhoto", noPhoto)).toMatchObject({
    description: "Bad Request: IMAGE_PROCESS_FAILED",
  });
});

test("too many messages are refused with the seconds to wait, exactly", async () => {
  telegram.rateLimits.enable({ perChatPerSecond: 2 });
  const send = () => callApi(telegram, bot, "sendMessage", { chat_id: ana.id, text: "x" });
  expect(await send()).toMatchObject({ ok: true });
  expect(await send()).toMatchObject({ ok: true });
  expect(await send()).toEqual({
    ok: false,
    error_code: 429,
    description: "Too Many Requests: retry after 1",
    parameters: { retry_after: 1 },
  });
  const group = telegram.createGroup(ana, "Team");
  group.add(bot);
  telegram.rateLimits.enable({ perChatPerSecond: 1_000, perBotPerSecond: 1_000 });
  const answers = [];
  for (let n = 0; n < 21; n += 1) {
    answers.push(await callApi(telegram, bot, "sendMessage", { chat_id: group.id, text: "x" }));
  }
  expect(answers.filter(({ ok }) => ok)).toHaveLength(20);
  const refused = answers.at(-1);
  expect(refused).toMatchObject({ error_code: 429 });
  expect(refused?.parameters?.retry_after).toBeGreaterThan(50);
  telegram.rateLimits.disable();
  expect(await send()).toMatchObject({ ok: true });
});
