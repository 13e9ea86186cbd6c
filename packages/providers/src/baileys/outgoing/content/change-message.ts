import { OrquestaError, type OutboxContentOf } from "@orquesta/core";
import type { proto } from "@whiskeysockets/baileys";
import type { KnownMessage } from "../../archive/message-archive.ts";
import type { BaileysLibrary } from "../../baileys-library.ts";
import { isGroupJid } from "../../jid.ts";
import { toWording } from "./wording.ts";

/** How the platform names a message. */
export function keyOf(chatId: string, messageId: string, known: KnownMessage): proto.IMessageKey {
  const { isFromMe, sender } = known;
  return {
    remoteJid: chatId,
    id: messageId,
    fromMe: isFromMe,
    ...(isGroupJid(chatId) && !isFromMe && { participant: sender }),
  };
}

export function toReaction(
  { emoji }: OutboxContentOf<"reaction">,
  key: proto.IMessageKey,
): proto.IMessage {
  return { reactionMessage: { key, text: emoji ?? "", senderTimestampMs: Date.now() } };
}

/** @throws SEND_REJECTED for a message of somebody else's, unless an admin of the group may take it away */
export function toDeletion(key: proto.IMessageKey, { proto }: BaileysLibrary): proto.IMessage {
  if (!key.fromMe && !isGroupJid(key.remoteJid ?? "")) {
    throw new OrquestaError("SEND_REJECTED", "in a direct chat only own messages can be deleted");
  }
  return { protocolMessage: { key, type: proto.Message.ProtocolMessage.Type.REVOKE } };
}

/** @throws SEND_REJECTED when it is not our own, or has neither text nor caption */
export function toEdit(
  { text, format }: OutboxContentOf<"edit">,
  key: proto.IMessageKey,
  original: KnownMessage,
  { proto, normalizeMessageContent }: BaileysLibrary,
): proto.IMessage {
  if (!original.isFromMe) {
    throw new OrquestaError("SEND_REJECTED", "only own messages can be edited");
  }
  const wording = toWording(text, { format }, key.remoteJid ?? "");
  const inner = normalizeMessageContent(original.content) ?? original.content;
  return {
    protocolMessage: {
      key,
      type: proto.Message.ProtocolMessage.Type.MESSAGE_EDIT,
      editedMessage: reworded(inner, wording.text, [...wording.mentioned]),
      timestampMs: Date.now(),
    },
  };
}

function reworded(inner: proto.IMessage, text: string, mentionedJid: string[]): proto.IMessage {
  const { imageMessage, videoMessage, documentMessage } = inner;
  const contextInfo = mentionedJid.length > 0 ? { mentionedJid } : null;
  if (imageMessage) return { imageMessage: { ...imageMessage, caption: text, contextInfo } };
  if (videoMessage) return { videoMessage: { ...videoMessage, caption: text, contextInfo } };
  if (documentMessage) {
    return { documentMessage: { ...documentMessage, caption: text, contextInfo } };
  }
  if (inner.conversation || inner.extendedTextMessage) {
    return { extendedTextMessage: { text, contextInfo } };
  }
  throw new OrquestaError("SEND_REJECTED", "only a text or a caption can be edited");
}

/** @throws SEND_REJECTED for what is shown once only, or was nothing to show */
export function toForward(
  { content }: KnownMessage,
  { normalizeMessageContent, getContentType, proto }: BaileysLibrary,
): proto.IMessage {
  const outer = content.ephemeralMessage?.message ?? content;
  const isViewOnce =
    outer.viewOnceMessage ?? outer.viewOnceMessageV2 ?? outer.viewOnceMessageV2Extension;
  // A copy: what is stored stays as it was.
  const inner = proto.Message.decode(
    proto.Message.encode(normalizeMessageContent(content) ?? content).finish(),
  );
  const field = isViewOnce ? undefined : getContentType(inner);
  if (field === undefined || field === "protocolMessage" || field === "reactionMessage") {
    throw new OrquestaError("SEND_REJECTED", "this message cannot be forwarded");
  }
  if (field === "conversation") {
    return {
      extendedTextMessage: { text: inner.conversation ?? "", contextInfo: forwarded(null) },
    };
  }
  const holder: unknown = inner[field];
  if (typeof holder !== "object" || holder === null) {
    throw new OrquestaError("SEND_REJECTED", "this message cannot be forwarded");
  }
  const { contextInfo } = holder as { contextInfo?: proto.IContextInfo | null };
  return { [field]: { ...holder, contextInfo: forwarded(contextInfo ?? null) } };
}

function forwarded(context: proto.IContextInfo | null): proto.IContextInfo {
  return { isForwarded: true, forwardingScore: (context?.forwardingScore ?? 0) + 1 };
}
