import { extractMessageContent, getContentType, proto } from "@whiskeysockets/baileys";
import type { SealedMedia, SealedMediaKind } from "../media/sealed-media.ts";

export interface Quote {
  readonly id: string;
  readonly participant: string;
  readonly text: string;
}

/** What is said of a message beside its words. */
export interface MessageContext {
  readonly quote: Quote | null;
  /** JIDs. */
  readonly mentions: readonly string[];
  readonly forwarded: boolean;
}

export function textMessage(text: string, context: Partial<MessageContext> = {}): proto.IMessage {
  const { quote = null, mentions = [], forwarded = false } = context;
  if (quote === null && mentions.length === 0 && !forwarded) return { conversation: text };
  const contextInfo: proto.IContextInfo = {
    ...(quote && {
      stanzaId: quote.id,
      participant: quote.participant,
      quotedMessage: { conversation: quote.text },
    }),
    ...(mentions.length > 0 && { mentionedJid: [...mentions] }),
    ...(forwarded && { isForwarded: true, forwardingScore: 1 }),
  };
  return { extendedTextMessage: { text, contextInfo } };
}

/** What can be shown of a protobuf. */
export function describeMessage(message: proto.IMessage): {
  text: string;
  type: string;
  quotedId?: string;
  content?: proto.IMessage;
} {
  const content = extractMessageContent(message) ?? message;
  const type = getContentType(content) ?? "unknown";
  const quotedId = quotedIdOf(content);
  return {
    text: textOf(content),
    type,
    ...(quotedId === null ? {} : { quotedId }),
    // Plain text is all in `text`: keeping every protobuf would cost a load test its memory.
    ...(isPlainText(content) ? {} : { content }),
  };
}

function isPlainText({ conversation, extendedTextMessage }: proto.IMessage): boolean {
  if (extendedTextMessage) return !extendedTextMessage.contextInfo;
  return conversation !== null && conversation !== undefined;
}

/** A medium as its message describes it. */
export interface DescribedMedium {
  readonly kind: SealedMediaKind;
  readonly directPath: string;
  readonly promised: Omit<SealedMedia, "bytes">;
}

/** The medium in a message; null when there is none, or what it needs is not said. */
export function mediumIn(message: proto.IMessage | undefined): DescribedMedium | null {
  const content = extractMessageContent(message) ?? {};
  const kinds: readonly SealedMediaKind[] = ["image", "video", "audio", "document", "sticker"];
  for (const kind of kinds) {
    const file = content[`${kind}Message`];
    if (!file) continue;
    const { directPath, mediaKey, fileSha256, fileEncSha256, fileLength } = file;
    if (!directPath || !mediaKey || !fileSha256 || !fileEncSha256) return null;
    const promised = {
      mediaKey: Buffer.from(mediaKey),
      fileSha256: Buffer.from(fileSha256),
      fileEncSha256: Buffer.from(fileEncSha256),
      fileLength: Number(fileLength),
    };
    return { kind, directPath, promised };
  }
  return null;
}

/** Whether WhatsApp shows it in the chat at all; keys and the like it only works off. */
export function isVisible(message: proto.IMessage): boolean {
  const content = extractMessageContent(message) ?? message;
  return getContentType(content) !== undefined;
}

function textOf(content: proto.IMessage): string {
  return (
    content.conversation ??
    content.extendedTextMessage?.text ??
    content.imageMessage?.caption ??
    content.videoMessage?.caption ??
    content.documentMessage?.caption ??
    content.reactionMessage?.text ??
    ""
  );
}

function quotedIdOf(content: proto.IMessage): string | null {
  const parts = [
    content.extendedTextMessage,
    content.imageMessage,
    content.videoMessage,
    content.audioMessage,
    content.documentMessage,
    content.stickerMessage,
    content.locationMessage,
    content.contactMessage,
  ];
  for (const part of parts) {
    const id = part?.contextInfo?.stanzaId;
    if (id) return id;
  }
  return null;
}

/** Removes WhatsApp's random padding; null when there is none. */
export function unpad(bytes: Uint8Array): Uint8Array | null {
  const pad = bytes.at(-1);
  if (pad === undefined || pad < 1 || pad > 16 || pad > bytes.length) return null;
  return bytes.subarray(0, bytes.length - pad);
}

export function decodeMessage(padded: Uint8Array): proto.IMessage | null {
  const bytes = unpad(padded);
  if (!bytes) return null;
  try {
    return proto.Message.decode(bytes);
  } catch {
    return null;
  }
}
