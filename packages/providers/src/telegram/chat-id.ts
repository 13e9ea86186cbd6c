import { OrquestaError } from "@orquesta/core";

const NUMBER = /^-?\d{1,17}$/;
const USERNAME = /^@[A-Za-z]\w{3,31}$/;
const BUSINESS = /^business:([\w-]{1,128}):(-?\d{1,17})$/;
const LINK = /^(?:https?:\/\/)?(?:t\.me|telegram\.me)\/([A-Za-z]\w{3,31})\/?$/i;

/** Where a call leads: the Bot API's own names. */
export interface ChatTarget {
  readonly chat_id: number | string;
  /** The account on whose behalf the bot acts. */
  readonly business_connection_id?: string;
}

/**
 * Brings an address to a chat id: Telegram's number (groups and channels are negative), `@username` of a
 * public group or channel, a t.me link to one, or `business:<connection>:<number>` as messages to a
 * business account have it.
 * @throws VALIDATION_FAILED
 */
export function parseChatId(input: string): string {
  const text = input.trim();
  const username = LINK.exec(text)?.[1];
  if (username !== undefined) return `@${username}`;
  if (NUMBER.test(text) || USERNAME.test(text) || BUSINESS.test(text)) return text;
  const what = text.startsWith("+") ? "a bot cannot reach a phone number, only" : "it must be";
  const message = `${what} a chat id such as 123456789 or -1001234567890, or @username`;
  throw new OrquestaError("VALIDATION_FAILED", `chat id is not valid: ${message}`, {
    details: [{ field: "chatId", message }],
  });
}

/** @param chatId as `parseChatId` gave it */
export function targetOf(chatId: string): ChatTarget {
  const [, connection, chat] = BUSINESS.exec(chatId) ?? [];
  if (connection !== undefined)
    return { chat_id: Number(chat), business_connection_id: connection };
  return { chat_id: NUMBER.test(chatId) ? Number(chatId) : chatId };
}

export function chatIdOf(chat: { readonly id: number }, businessConnection?: string): string {
  return businessConnection === undefined
    ? String(chat.id)
    : `business:${businessConnection}:${chat.id}`;
}
