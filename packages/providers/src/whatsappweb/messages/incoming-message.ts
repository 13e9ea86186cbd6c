import type { Contact, IncomingMessage } from "@orquesta/core";
import type { Message } from "whatsapp-web.js";
import { fromWebId } from "./whatsapp-id.ts";

/** A text that came in, or was written on another device; null: nothing that is shown. */
export function toIncomingMessage(message: Message): IncomingMessage | null {
  if (message.type !== "chat") return null;
  const chatId = fromWebId(message.id.remote);
  return {
    id: message.id.id,
    chatId,
    chatType: chatId.endsWith("@g.us") ? "group" : "direct",
    sender: contactOf(fromWebId(message.author ?? message.from)),
    sentAt: new Date(message.timestamp * 1000).toISOString(),
    content: { type: "text", text: message.body },
    quote: null,
  };
}

function contactOf(id: string): Contact {
  const isLid = id.endsWith("@lid");
  const phone = /^(\d+)@s\.whatsapp\.net$/.exec(id)?.[1] ?? null;
  return { id, phone, lid: isLid ? id : null, jid: isLid ? null : id, name: null };
}
