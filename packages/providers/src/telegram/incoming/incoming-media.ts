import type { IncomingMedia, KeyChange } from "@orquesta/core";
import type { BotFile, BotMessage } from "../api/bot-api-types.ts";
import { toKey } from "../session-values.ts";

/** A medium, and what has to be known to fetch it. */
export interface FoundMedia {
  readonly media: IncomingMedia;
  readonly key: KeyChange;
}

/** @param mimeType where Telegram tells none */
export function readMedia(file: BotFile, mimeType: string): FoundMedia {
  if (typeof file.file_id !== "string" || typeof file.file_unique_id !== "string") {
    throw new TypeError("a file has no id");
  }
  const { duration, width, height } = file;
  return {
    media: {
      id: file.file_unique_id,
      mimeType: file.mime_type ?? mimeType,
      size: file.file_size ?? null,
      fileName: file.file_name ?? null,
      ...(duration !== undefined && { seconds: duration }),
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
    },
    key: toKey("telegram-media", file.file_unique_id, { fileId: file.file_id }),
  };
}

/** Telegram sends a picture in several sizes; the last one is the largest. */
export function largestPhoto(photo: NonNullable<BotMessage["photo"]>): BotFile {
  const largest = photo.at(-1);
  if (!largest) throw new TypeError("a photo has no sizes");
  return largest;
}

export function stickerType({ is_animated, is_video }: NonNullable<BotMessage["sticker"]>): string {
  if (is_animated) return "application/x-tgsticker";
  return is_video ? "video/webm" : "image/webp";
}
