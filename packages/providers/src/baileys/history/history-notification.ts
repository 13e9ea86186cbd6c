import type { BinaryNode } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "../baileys-library.ts";
import { isOwn, type OwnAddresses } from "../incoming/stanza-envelope.ts";

/** A part of the history that the phone has put on the media hosts, and how it is read. */
export interface HistoryNotification {
  /** Of the message that told of it. */
  readonly id: string;
  /** 0 to 100: how much has come with this part; null when the phone does not say. */
  readonly progress: number | null;
  readonly directPath: string;
  readonly mediaKey: Uint8Array;
  /** SHA-256 of the deflated bytes; null when the phone does not say. */
  readonly sha256: Uint8Array | null;
  /** The deflated bytes themselves, where the phone spared itself the upload. */
  readonly inline: Uint8Array | null;
}

/**
 * The history that a message tells of; null when it tells of none, when it is not of the account's
 * own phone, or when nothing in it is a conversation.
 * @param bytes the encoded message, without padding
 */
export function readNotification(
  { attrs }: BinaryNode,
  bytes: Uint8Array,
  me: OwnAddresses,
  library: BaileysLibrary,
): HistoryNotification | null {
  const { id, from } = attrs;
  if (!id || !from || !isOwn(from, me)) return null;
  const found = decode(bytes, library);
  if (!found || !hasConversations(found.syncType, library)) return null;
  const { directPath, mediaKey, fileSha256, initialHistBootstrapInlinePayload, progress } = found;
  return {
    id,
    progress: toProgress(progress),
    directPath: directPath ?? "",
    mediaKey: mediaKey ?? Buffer.alloc(0),
    sha256: fileSha256?.length ? fileSha256 : null,
    inline: initialHistBootstrapInlinePayload?.length ? initialHistBootstrapInlinePayload : null,
  };
}

/** Names of contacts and the like come as histories too; those are Baileys' own. */
export function hasConversations(syncType: unknown, { proto }: BaileysLibrary): boolean {
  const { INITIAL_BOOTSTRAP, RECENT, FULL, ON_DEMAND } = proto.HistorySync.HistorySyncType;
  return [INITIAL_BOOTSTRAP, RECENT, FULL, ON_DEMAND].some((type) => type === (syncType ?? 0));
}

export function toStoredNotification(notification: HistoryNotification): object {
  const { mediaKey, sha256, inline } = notification;
  return {
    ...notification,
    mediaKey: toText(mediaKey),
    sha256: sha256 && toText(sha256),
    inline: inline && toText(inline),
  };
}

/** Parser of a stored row. */
export function toNotification(stored: unknown): HistoryNotification | null {
  if (typeof stored !== "object" || stored === null) return null;
  const { id, progress, directPath, mediaKey, sha256, inline } = stored as Record<string, unknown>;
  if (typeof id !== "string" || typeof directPath !== "string") return null;
  if (typeof mediaKey !== "string") return null;
  return {
    id,
    progress: toProgress(progress),
    directPath,
    mediaKey: Buffer.from(mediaKey, "base64"),
    sha256: typeof sha256 === "string" ? Buffer.from(sha256, "base64") : null,
    inline: typeof inline === "string" ? Buffer.from(inline, "base64") : null,
  };
}

function decode(bytes: Uint8Array, { proto }: BaileysLibrary) {
  try {
    const message = proto.Message.decode(bytes);
    const inner = message.deviceSentMessage?.message ?? message;
    return inner.protocolMessage?.historySyncNotification ?? null;
  } catch {
    return null;
  }
}

function toProgress(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && value <= 100 ? Math.floor(value) : null;
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
