import type { IncomingContent } from "@orquesta/core";
import type { proto } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "../baileys-library.ts";

export interface ShownContent {
  readonly content: IncomingContent;
  /** Says which of a stanza's parts this is: a stanza may hold several, of one id. */
  readonly kind: string;
  readonly contextInfo: proto.IContextInfo | null;
}

/** Fields that accompany a message or set something up, and show nothing. */
const PLUMBING = new Set([
  "senderKeyDistributionMessage",
  "fastRatchetKeySenderKeyDistributionMessage",
  "messageContextInfo",
]);

/** Kinds of `protocolMessage` that people see; all others are between devices. */
const SHOWN_PROTOCOL_TYPES = new Set(["REVOKE", "MESSAGE_EDIT"]);

/** What a decrypted message shows; null when it shows nothing. */
export function readContent(
  message: proto.IMessage,
  { proto, normalizeMessageContent }: BaileysLibrary,
): ShownContent | null {
  const inner = normalizeMessageContent(message) ?? message;
  const text = inner.conversation ?? inner.extendedTextMessage?.text;
  if (text !== null && text !== undefined) {
    const contextInfo = inner.extendedTextMessage?.contextInfo ?? null;
    return { content: { type: "text", text }, kind: "text", contextInfo };
  }
  const kind = kindOf(inner, proto.Message.ProtocolMessage.Type);
  return kind === null ? null : { content: { type: "unsupported", kind }, kind, contextInfo: null };
}

function kindOf(
  message: proto.IMessage,
  protocolTypes: Readonly<Record<number, string>>,
): string | null {
  for (const [field, value] of Object.entries(message)) {
    if (value === null || value === undefined || PLUMBING.has(field)) continue;
    if (field !== "protocolMessage") return field;
    const type = protocolTypes[message.protocolMessage?.type ?? 0] ?? "";
    return SHOWN_PROTOCOL_TYPES.has(type) ? `${field}.${type}` : null;
  }
  return null;
}

/** Text of any message, for a quote; null when it has none. */
export function textOf(
  message: proto.IMessage | null | undefined,
  { normalizeMessageContent }: BaileysLibrary,
): string | null {
  const inner = normalizeMessageContent(message ?? undefined);
  return inner?.conversation ?? inner?.extendedTextMessage?.text ?? null;
}
