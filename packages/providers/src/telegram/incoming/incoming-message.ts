import type { IncomingMessage, KeyChange, Quote } from "@orquesta/core";
import type { BotChat, BotMessage, BotUser, MessageEntity } from "../api/bot-api-types.ts";
import { chatIdOf } from "../chat-id.ts";
import { contactOfChat, contactOfUser } from "./contact.ts";
import { type ReadContent, readContent } from "./incoming-content.ts";

export interface ReadMessage {
  readonly message: IncomingMessage;
  readonly keys: readonly KeyChange[];
}

const CHAT_TYPES = {
  private: "direct",
  group: "group",
  supergroup: "group",
  channel: "channel",
} as const satisfies Record<BotChat["type"], IncomingMessage["chatType"]>;

/** Reads a message as Telegram posts it. @throws TypeError when it is none */
export function readMessage(
  message: BotMessage,
  me: BotUser,
  read: (message: BotMessage) => ReadContent = readContent,
): ReadMessage {
  const { content, keys } = read(message);
  const chatId = chatIdOfMessage(message);
  const chatType = chatTypeOf(message);
  if (!Number.isSafeInteger(message.message_id)) throw new TypeError("a message has no id");
  return {
    keys,
    message: {
      id: String(message.message_id),
      chatId,
      chatType,
      sender: senderOf(message),
      sentAt: toTime(message.date),
      content,
      quote: quoteOf(message),
      ...mentionsOf(message, me),
      ...(message.forward_origin !== undefined && { forwarded: true }),
      ...(message.media_group_id !== undefined && { albumId: message.media_group_id }),
    },
  };
}

export function chatTypeOf({ chat }: BotMessage): IncomingMessage["chatType"] {
  const chatType = CHAT_TYPES[chat.type];
  if (!chatType) throw new TypeError("a chat is of no known type");
  return chatType;
}

export function chatIdOfMessage({ chat, business_connection_id }: BotMessage): string {
  if (!Number.isSafeInteger(chat.id)) throw new TypeError("a chat has no id");
  return chatIdOf(chat, business_connection_id);
}

/** Channels and anonymous admins write in the name of a chat. */
export function senderOf({ from, sender_chat, chat }: BotMessage) {
  if (sender_chat) return contactOfChat(sender_chat);
  return from ? contactOfUser(from) : contactOfChat(chat);
}

/** @param seconds Unix time */
export function toTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function quoteOf({ reply_to_message: quoted }: BotMessage): Quote | null {
  if (!quoted) return null;
  return {
    messageId: String(quoted.message_id),
    senderId: quoted.from || quoted.sender_chat ? senderOf(quoted).id : null,
    text: quoted.text ?? quoted.caption ?? null,
  };
}

/** Whoever is named by username only has no id here. */
function mentionsOf(
  { text, caption, entities, caption_entities }: BotMessage,
  me: BotUser,
): Pick<IncomingMessage, "mentions" | "mentionsMe"> {
  const words = text ?? caption ?? "";
  const marks = entities ?? caption_entities ?? [];
  const ids = marks.flatMap(({ user }) => (user ? [String(user.id)] : []));
  const mentionsMe = ids.includes(String(me.id)) || marks.some((mark) => namesMe(mark, words, me));
  return {
    ...(ids.length > 0 && { mentions: [...new Set(ids)] }),
    ...(mentionsMe && { mentionsMe: true }),
  };
}

/** `@my_bot`, or `/start@my_bot`. */
function namesMe({ type, offset, length }: MessageEntity, text: string, me: BotUser): boolean {
  if ((type !== "mention" && type !== "bot_command") || me.username === undefined) return false;
  const name = text.slice(offset, offset + length).toLowerCase();
  return name.endsWith(`@${me.username.toLowerCase()}`);
}
