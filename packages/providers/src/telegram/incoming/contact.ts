import type { Contact } from "@orquesta/core";
import type { BotChat, BotUser } from "../api/bot-api-types.ts";

export function contactOfUser({ id, first_name, last_name }: BotUser): Contact {
  return contact(id, [first_name, last_name].filter(Boolean).join(" "));
}

/** A channel, or a group whose admin writes in its name; in a private chat, the person. */
export function contactOfChat({ id, title, first_name, last_name }: BotChat): Contact {
  return contact(id, title ?? [first_name, last_name].filter(Boolean).join(" "));
}

function contact(id: number, name: string): Contact {
  if (!Number.isSafeInteger(id)) throw new TypeError("an id is none of Telegram");
  return { id: String(id), phone: null, lid: null, jid: null, name: name || null };
}
