import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeTelegram } from "./fake-telegram.ts";
import type { FakeTelegramBot } from "./people/fake-bot.ts";
import type { FakeTelegramUser } from "./people/fake-user.ts";
import { callApi, callOk } from "./test-caller.ts";
import type { Message, Poll, Update } from "./wire/types.ts";

const EVERYTHING = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "business_connection",
  "business_message",
  "edited_business_message",
  "deleted_business_messages",
  "message_reaction",
  "message_reaction_count",
  "callback_query",
  "poll",
  "poll_answer",
  "my_chat_member",
  "chat_member",
  "chat_join_request",
];

let telegram: FakeTelegram;
let bot: FakeTelegramBot;
let ana: FakeTelegramUser;

/** The updates since the last look. */
async function updates(): Promise<readonly Update[]> {
  const found = [...bot.pendingUpdates];
  const offset = (found.at(-1)?.update_id ?? -1) + 1;
  await callOk(telegram, bot, "getUpdates", { offset });
  return found;
}

beforeEach(async () => {
  telegram = await FakeTelegram.listen();
  bot = telegram.createBot({ username: "orquesta_bot" });
  ana = telegram.createUser({ firstName: "Ana" });
  await callOk(telegram, bot, "getUpdates", { allowed_updates: EVERYTHING });
  ana.write(bot, "/start");
  await updates();
});

afterEach(() => telegram.close());

test("pressed buttons are told and answered", async () => {
  const sent = await callOk<Message>(telegram, bot, "sendMessage", {
    chat_id: ana.id,
    text: "Sure?",
    reply_markup: { inline_keyboard: [[{ text: "Yes", callback_data: "yes" }]] },
  });
  const press = ana.press(bot, sent.message_id, "Yes");
  const [update] = await updates();
  expect(update).toMatchObject({
    callback_query: { data: "yes", from: { id: ana.id }, message: { text: "Sure?" } },
  });
  const query = bot.account.callbacks.keys().next().value;
  await callOk(telegram, bot, "answerCallbackQuery", { callback_query_id: query, text: "ok" });
  expect(await press.answered()).toEqual({ text: "ok", showAlert: false });
  // Once.
  expect(
    await callApi(telegram, bot, "answerCallbackQuery", { callback_query_id: query }),
  ).toMatchObject({ error_code: 400 });
  expect(() => ana.press(bot, sent.message_id, "No")).toThrow("no such button");
});

test("votes are told of polls that are not anonymous; a stopped poll takes none", async () => {
  const sent = await callOk<Message>(telegram, bot, "sendPoll", {
    chat_id: ana.id,
    question: "Tea?",
    options: [{ text: "yes" }, { text: "no" }],
    is_anonymous: false,
  });
  ana.vote(bot, sent.message_id, [1]);
  expect(await updates()).toMatchObject([
    { poll: { total_voter_count: 1 } },
    { poll_answer: { user: { id: ana.id }, option_ids: [1], poll_id: sent.poll?.id } },
  ]);
  ana.vote(bot, sent.message_id, []);
  expect(await updates()).toMatchObject([{}, { poll_answer: { option_ids: [] } }]);
  ana.vote(bot, sent.message_id, [0]);
  const place = { chat_id: ana.id, message_id: sent.message_id };
  const stopped = await callOk<Poll>(telegram, bot, "stopPoll", place);
  expect(stopped).toMatchObject({ is_closed: true, options: [{ voter_count: 1 }, {}] });
  expect(() => ana.vote(bot, sent.message_id, [1])).toThrow("closed");
  expect(await callApi(telegram, bot, "stopPoll", place)).toMatchObject({
    description: "Bad Request: poll has already been closed",
  });
});

test("reactions are kept, and told only to who asked for them", async () => {
  const message = ana.write(bot, "nice");
  await updates();
  const place = { chat_id: ana.id, message_id: message.message_id };
  const reaction = [{ type: "emoji", emoji: "👍" }];
  await callOk(telegram, bot, "setMessageReaction", { ...place, reaction });
  expect(bot.chatWith(ana).reactionsTo(message.message_id)).toEqual({ [bot.id]: ["👍"] });
  ana.react(bot, message.message_id, "🔥");
  ana.react(bot, message.message_id, null);
  expect(await updates()).toMatchObject([
    { message_reaction: { old_reaction: [], new_reaction: [{ emoji: "🔥" }] } },
    { message_reaction: { old_reaction: [{ emoji: "🔥" }], new_reaction: [] } },
  ]);
  await callOk(telegram, bot, "getUpdates", { allowed_updates: [] });
  ana.react(bot, message.message_id, "🔥");
  expect(await updates()).toEqual([]);
});

test("edits of people are told, their deletions are not", async () => {
  const message = ana.write(bot, "helo");
  ana.edit(bot, message.message_id, "hello");
  expect(await updates()).toMatchObject([
    { message: { text: "helo" } },
    { edited_message: { text: "hello", edit_date: expect.any(Number) } },
  ]);
  ana.delete(bot, message.message_id);
  expect(await updates()).toEqual([]);
});

test("in groups a bot sees what is meant for it, and everything as an administrator", async () => {
  const group = telegram.createSupergroup(ana, "Team");
  group.add(bot);
  await updates();
  ana.write(group, "among us");
  ana.write(group, "hello @orquesta_bot");
  ana.write(group, "/help");
  const sent = await callOk<Message>(telegram, bot, "sendMessage", {
    chat_id: group.id,
    text: "here",
  });
  ana.write(group, "thanks", { replyTo: sent.message_id });
  const heard = await updates();
  expect(heard).toMatchObject([
    { message: { text: "hello @orquesta_bot", entities: [{ type: "mention", offset: 6 }] } },
    { message: { text: "/help" } },
    { message: { text: "thanks", reply_to_message: { text: "here" } } },
  ]);
  group.promote(bot);
  ana.write(group, "all of it");
  expect(await updates()).toMatchObject([
    { my_chat_member: {} },
    { message: { text: "all of it" } },
  ]);
});

test("a bot does not hear other bots, and messages have ids per chat", async () => {
  const group = telegram.createSupergroup(ana, "Team");
  const other = telegram.createBot();
  group.add(bot);
  group.add(other);
  group.promote(bot);
  await updates();
  await callOk(telegram, other, "sendMessage", { chat_id: group.id, text: "from a bot" });
  expect(await updates()).toEqual([]);
  expect(ana.write(group, "x").message_id).toBeGreaterThan(1);
});

test("comings and goings are told", async () => {
  const rui = telegram.createUser({ firstName: "Rui" });
  const group = telegram.createSupergroup(ana, "Team");
  group.add(bot);
  expect(await updates()).toMatchObject([
    { my_chat_member: { new_chat_member: { status: "member" } } },
    { message: { new_chat_members: [{ id: bot.id }] } },
  ]);
  group.promote(bot);
  await updates();
  expect(rui.joinByLink(group.createInviteLink())).toBe("joined");
  rui.leave(group);
  expect(await updates()).toMatchObject([
    { chat_member: { new_chat_member: { user: { id: rui.id }, status: "member" } } },
    { message: { new_chat_members: [{ id: rui.id }] } },
    { message: { left_chat_member: { id: rui.id } } },
    { chat_member: { new_chat_member: { status: "left" } } },
  ]);
  rui.joinByLink(group.createInviteLink({ asks: true }));
  expect(await updates()).toMatchObject([{ chat_join_request: { from: { id: rui.id } } }]);
  const who = { chat_id: group.id, user_id: rui.id };
  await callOk(telegram, bot, "approveChatJoinRequest", who);
  expect(group.statusOf(rui)).toBe("member");
  await callOk(telegram, bot, "banChatMember", who);
  expect(group.statusOf(rui)).toBe("kicked");
  expect(() => rui.write(group, "hi")).toThrow("not in that chat");
  ana.block(bot);
  expect((await updates()).at(-1)).toMatchObject({
    my_chat_member: { chat: { type: "private" }, new_chat_member: { status: "kicked" } },
  });
});

test("channel posts come as such", async () => {
  const channel = telegram.createChannel(ana, "News", "news");
  channel.add(bot);
  channel.promote(bot);
  await updates();
  const post = ana.write(channel, "today");
  ana.edit(channel, post.message_id, "tomorrow");
  ana.react(channel, post.message_id, "👍");
  expect(await updates()).toMatchObject([
    { channel_post: { text: "today", sender_chat: { id: channel.id } } },
    { edited_channel_post: { text: "tomorrow" } },
    { message_reaction_count: { reactions: [{ total_count: 1 }] } },
  ]);
  await callOk(telegram, bot, "sendMessage", { chat_id: "@news", text: "from the bot" });
  expect(channel.messages.at(-1)).toMatchObject({ text: "from the bot" });
});

test("business chats: messages, edits, deletions, answers, and an end", async () => {
  const rui = telegram.createUser({ firstName: "Rui" });
  const business = ana.connectBusiness(bot);
  const asked = business.receive(rui, "open today?");
  business.edit(rui, asked.message_id, "open now?");
  business.write(rui, "I look");
  const heard = await updates();
  expect(heard).toMatchObject([
    { business_connection: { id: business.id, is_enabled: true, can_reply: true } },
    { business_message: { text: "open today?", business_connection_id: business.id } },
    { edited_business_message: { text: "open now?" } },
    { business_message: { text: "I look", from: { id: ana.id } } },
  ]);
  const send = { business_connection_id: business.id, chat_id: rui.id, text: "yes" };
  expect(await callOk(telegram, bot, "sendMessage", send)).toMatchObject({
    from: { id: ana.id },
    sender_business_bot: { id: bot.id },
    business_connection_id: business.id,
  });
  const read = { business_connection_id: business.id, chat_id: rui.id };
  await callOk(telegram, bot, "readBusinessMessage", { ...read, message_id: asked.message_id });
  expect(business.chatWith(rui).readUpTo).toBe(asked.message_id);
  business.delete(rui, [asked.message_id]);
  expect(await updates()).toMatchObject([
    { deleted_business_messages: { message_ids: [asked.message_id], chat: { id: rui.id } } },
  ]);
  business.disconnect();
  expect(await callApi(telegram, bot, "sendMessage", send)).toMatchObject({
    description: "Bad Request: business connection not found",
  });
  expect(await updates()).toMatchObject([{ business_connection: { is_enabled: false } }]);
});
