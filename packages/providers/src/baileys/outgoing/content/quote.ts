import type { proto } from "@whiskeysockets/baileys";
import type { MessageArchive } from "../../archive/message-archive.ts";
import type { BaileysLibrary } from "../../baileys-library.ts";
import { isGroupJid } from "../../jid.ts";

/** A quote shows a few lines; the reader's own copy has the rest. */
const MAX_TEXT = 1_024;

/** What is not known of the quoted message stays out: the reader's device finds it by its id. */
export async function quote(
  archive: MessageArchive,
  library: BaileysLibrary,
  chatId: string,
  messageId: string,
): Promise<proto.IContextInfo> {
  const known = await archive.find(chatId, messageId);
  return {
    stanzaId: messageId,
    participant: known?.sender ?? (isGroupJid(chatId) ? null : chatId),
    quotedMessage: known === null ? { conversation: "" } : quotable(known.content, library),
  };
}

/** The content alone: what it quoted itself, and whom it named, is not repeated. */
function quotable(
  message: proto.IMessage,
  { normalizeMessageContent, getContentType }: BaileysLibrary,
): proto.IMessage {
  const inner = normalizeMessageContent(message) ?? message;
  const text = inner.conversation ?? inner.extendedTextMessage?.text;
  if (text) return { conversation: text.slice(0, MAX_TEXT) };
  const isViewOnce = Boolean(message.viewOnceMessage ?? message.viewOnceMessageV2);
  const field = isViewOnce ? undefined : getContentType(inner);
  const content: unknown = field === undefined ? undefined : inner[field];
  if (field === undefined || typeof content !== "object" || content === null) {
    return { conversation: "" };
  }
  return { [field]: { ...content, contextInfo: null } };
}
