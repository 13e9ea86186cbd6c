import { OrquestaError } from "@orquesta/core";

/** WhatsApp's word for stories. */
export const STATUS_CHAT = "status@broadcast";

const PHONE_SERVER = "s.whatsapp.net";
/** What people put into phone numbers. */
const PHONE_DECORATION = /[\s().\-/\u00a0\u2010-\u2015]/g;
const PHONE = /^\+?([1-9]\d{5,14})$/;
const USER_ADDRESS = /^(\d{5,20})(?::\d{1,3})?@(s\.whatsapp\.net|c\.us|lid)$/;
const GROUP_ADDRESS = /^\d{5,30}(?:-\d{5,20})?@g\.us$/;

/**
 * Brings what people type to the address of a chat.
 * @throws VALIDATION_FAILED
 */
export function parseChatId(input: string): string {
  const text = input.trim();
  const phone = PHONE.exec(text.replaceAll(PHONE_DECORATION, ""))?.[1];
  if (phone !== undefined) return `${phone}@${PHONE_SERVER}`;
  const [, user, server] = USER_ADDRESS.exec(text) ?? [];
  if (user !== undefined) return `${user}@${server === "lid" ? "lid" : PHONE_SERVER}`;
  if (GROUP_ADDRESS.test(text) || text === STATUS_CHAT) return text;
  throw new OrquestaError(
    "VALIDATION_FAILED",
    "a WhatsApp chat is a phone number with its country code, or an address that ends in @s.whatsapp.net, @c.us, @lid or @g.us; stories go to status@broadcast",
    { details: [{ field: "chatId", message: "is no WhatsApp chat" }] },
  );
}

/** Only with a person: in a group or a channel the account is already. */
export function beginsChat(chatId: string): boolean {
  return /@(s\.whatsapp\.net|lid)$/.test(chatId);
}
