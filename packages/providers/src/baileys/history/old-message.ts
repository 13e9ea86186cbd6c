import type { proto } from "@whiskeysockets/baileys";
import {
  chatTypeOf,
  type Envelope,
  isOwn,
  type OwnAddresses,
  toIso,
} from "../incoming/stanza-envelope.ts";
import type { EncodedMessage } from "./history-blob.ts";

/** What a message of the history says on the outside; null when it is none that could be shown. */
export function envelopeOf(
  { key, participant, messageTimestamp, pushName }: proto.IWebMessageInfo,
  chat: EncodedMessage["chat"],
  me: OwnAddresses,
): Envelope | null {
  const jid = key?.remoteJid || chat.id;
  if (!key?.id || !jid) return null;
  const chatType = chatTypeOf(jid);
  // The person at the other side of a direct chat, under both addresses.
  const other = { jid, alternative: alternativeOf(jid, chat) };
  const author = key.participant || participant || null;
  const isFromMe = key.fromMe === true || (author !== null && isOwn(author, me));
  const hasAuthor = chatType === "group" || chatType === "broadcast";
  if (!isFromMe && hasAuthor && author === null) return null;
  const sender = hasAuthor && author !== null ? { jid: author, alternative: null } : other;
  return {
    id: key.id,
    chatType,
    chat: chatType === "direct" ? other : { jid, alternative: null },
    sender: isFromMe ? { jid: me.id, alternative: me.lid ?? null } : sender,
    isFromMe,
    senderName: (isFromMe ? me.name : pushName) || null,
    sentAt: toIso(messageTimestamp?.toString()),
  };
}

function alternativeOf(jid: string, { id, pnJid, lidJid }: EncodedMessage["chat"]): string | null {
  return [pnJid, lidJid, id].find((address) => address && address !== jid) ?? null;
}
