import { createHash } from "node:crypto";
import { isMediaKind, type MediaKind } from "./media-kind.ts";

/** What has to be known of a medium to fetch it: kept as a session key, never in an event. */
export interface MediaLocator {
  readonly kind: MediaKind;
  readonly mediaKey: Uint8Array;
  /** On the media hosts; empty when only the phone could say. */
  readonly directPath: string;
  /** SHA-256 of the bytes; null when the message did not say. */
  readonly sha256: Uint8Array | null;
  /** The message, as the phone knows it: asked to upload the medium once more. */
  readonly message: {
    readonly id: string;
    readonly chatJid: string;
    readonly isFromMe: boolean;
    readonly participant: string | null;
  };
}

/** The same for a message and its edits; says nothing of them to whoever sees it. */
export function mediaIdOf(chatId: string, senderId: string, messageId: string): string {
  const name = JSON.stringify([chatId, senderId, messageId]);
  return createHash("sha256").update(name).digest("hex").slice(0, 40);
}

export function toStoredLocator(locator: MediaLocator): object {
  const { mediaKey, sha256 } = locator;
  return { ...locator, mediaKey: toText(mediaKey), sha256: sha256 && toText(sha256) };
}

/** Parser of a stored row. */
export function toLocator(stored: unknown): MediaLocator | null {
  if (typeof stored !== "object" || stored === null) return null;
  const { kind, mediaKey, directPath, sha256, message } = stored as Record<string, unknown>;
  if (!isMediaKind(kind) || typeof mediaKey !== "string" || typeof directPath !== "string") {
    return null;
  }
  if (typeof message !== "object" || message === null) return null;
  const { id, chatJid, isFromMe, participant } = message as Record<string, unknown>;
  if (typeof id !== "string" || typeof chatJid !== "string") return null;
  return {
    kind,
    mediaKey: Buffer.from(mediaKey, "base64"),
    directPath,
    sha256: typeof sha256 === "string" ? Buffer.from(sha256, "base64") : null,
    message: {
      id,
      chatJid,
      isFromMe: isFromMe === true,
      participant: typeof participant === "string" ? participant : null,
    },
  };
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
