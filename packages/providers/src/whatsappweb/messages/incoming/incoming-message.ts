import type { Change, IncomingMessage, KeyChange, Quote } from "@orquesta/core";
import type { Message } from "whatsapp-web.js";
import { KnownMessages } from "../known-messages.ts";
import type { People } from "../people.ts";
import { readRaw } from "../raw-message.ts";
import { readContent } from "./incoming-content.ts";

export interface ReadMessage {
  readonly message: IncomingMessage;
  readonly keys: readonly KeyChange[];
}

/** @param isOwn whether an address is one of the account; @returns null when it shows nothing */
export async function readMessage(
  web: Message,
  people: People,
  isOwn: (contactId: string) => boolean,
): Promise<ReadMessage | null> {
  const content = readContent(web);
  if (content === null) return null;
  const raw = readRaw(web);
  const [chat, sender, quoted, ...named] = await people.identifyAll([
    chatOf(web),
    web.author ?? web.from,
    raw.quotedParticipant ?? web.from,
    ...(raw.mentionedJidList ?? []),
  ]);
  if (!chat || !sender || !quoted) return null;
  const chatId = chat.contact.id;
  const mentions = named.map(({ contact }) => contact.id);
  const quote: Quote | null =
    raw.quotedStanzaID === undefined
      ? null
      : {
          messageId: raw.quotedStanzaID,
          senderId: raw.quotedParticipant === undefined ? null : quoted.contact.id,
          text: raw.quotedMsg?.caption ?? raw.quotedMsg?.body ?? null,
        };
  const message: IncomingMessage = {
    id: web.id.id,
    chatId,
    chatType: chatTypeOf(chatId),
    sender: { ...sender.contact, name: raw.notifyName ?? null },
    sentAt: new Date(web.timestamp * 1000).toISOString(),
    content,
    quote,
    ...(mentions.length > 0 && { mentions }),
    ...(mentions.some(isOwn) && { mentionsMe: true as const }),
    ...(web.isForwarded && { forwarded: true as const }),
  };
  const known = KnownMessages.note(chatId, web.id.id, web.id._serialized);
  return { message, keys: [...sender.keys, known] };
}

/** A message as the journal tells it: of somebody else, or of the account on another device. */
export function toMessageChange({ message, keys }: ReadMessage, isFromMe: boolean): Change {
  const { chatId } = message;
  const dedupeKey = `${chatId}|${message.sender.id}|${message.id}|message`;
  return {
    events: [
      isFromMe
        ? { name: "message.sent", data: { origin: "device", message }, chatId, dedupeKey }
        : { name: "message.received", data: { message }, chatId, dedupeKey },
    ],
    keys,
  };
}

export function chatOf({ id, fromMe, from, to }: Message): string {
  return id.remote || (fromMe ? to : from);
}

function chatTypeOf(chatId: string): IncomingMessage["chatType"] {
  if (chatId.endsWith("@g.us")) return "group";
  if (chatId.endsWith("@broadcast")) return "broadcast";
  return chatId.endsWith("@newsletter") ? "channel" : "direct";
}
