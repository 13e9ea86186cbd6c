import type { IncomingContent, IncomingMedia } from "@orquesta/core";
import type { proto } from "@whiskeysockets/baileys";
import { withMarkdown } from "../../shared/whatsapp/formatted.ts";
import type { MediaKind } from "../media/media-kind.ts";

/** What a message carries, and what is needed to fetch it. */
export interface MediaContent {
  readonly content: IncomingContent;
  readonly kind: MediaKind;
  readonly file: MediaFile;
  readonly contextInfo: proto.IContextInfo | null;
}

/** As much of WhatsApp's media messages as they have in common. */
interface MediaFile {
  readonly mimetype?: string | null;
  readonly fileLength?: unknown;
  readonly seconds?: number | null;
  readonly width?: number | null;
  readonly height?: number | null;
  readonly fileName?: string | null;
  readonly caption?: string | null;
  readonly viewOnce?: boolean | null;
  readonly mediaKey?: Uint8Array | null;
  readonly directPath?: string | null;
  readonly url?: string | null;
  readonly fileSha256?: Uint8Array | null;
  readonly contextInfo?: proto.IContextInfo | null;
}

/**
 * The medium in a message; null when there is none.
 * @param inner the message without what is wrapped around it
 * @param isViewOnce as the wrapping says
 */
export function readMedia(
  inner: proto.IMessage,
  mediaId: string,
  isViewOnce: boolean,
): MediaContent | null {
  const found = findMedia(inner);
  if (found === null) return null;
  const { type, kind, file } = found;
  const media = toMedia(mediaId, type, file);
  const viewOnce = isViewOnce || file.viewOnce ? { viewOnce: true as const } : {};
  const captioned = { media, ...captionOf(file), ...viewOnce };
  return { content: contentOf(), kind, file, contextInfo: file.contextInfo ?? null };

  function contentOf(): IncomingContent {
    switch (type) {
      case "video":
        return { type, ...captioned, ...(inner.videoMessage?.gifPlayback && { gif: true }) };
      case "voice":
        return { type, media, ...viewOnce };
      case "audio":
      case "sticker":
        return { type, media };
      default:
        return { type, ...captioned };
    }
  }
}

type MediaType = "image" | "video" | "audio" | "voice" | "document" | "sticker";

function findMedia(
  inner: proto.IMessage,
): { type: MediaType; kind: MediaKind; file: MediaFile } | null {
  const { imageMessage, audioMessage, documentMessage } = inner;
  const videoMessage = inner.videoMessage ?? inner.ptvMessage;
  const stickerMessage =
    inner.stickerMessage ?? inner.lottieStickerMessage?.message?.stickerMessage;
  if (imageMessage) return { type: "image", kind: "image", file: imageMessage };
  if (videoMessage) return { type: "video", kind: "video", file: videoMessage };
  if (audioMessage) {
    return { type: audioMessage.ptt ? "voice" : "audio", kind: "audio", file: audioMessage };
  }
  if (documentMessage) return { type: "document", kind: "document", file: documentMessage };
  if (stickerMessage) return { type: "sticker", kind: "sticker", file: stickerMessage };
  return null;
}

const DEFAULT_TYPES: Readonly<Record<MediaType, string>> = {
  image: "image/jpeg",
  video: "video/mp4",
  audio: "audio/mpeg",
  voice: "audio/ogg; codecs=opus",
  document: "application/octet-stream",
  sticker: "image/webp",
};

function toMedia(id: string, type: MediaType, file: MediaFile): IncomingMedia {
  const seconds = positive(file.seconds);
  const width = positive(file.width);
  const height = positive(file.height);
  return {
    id,
    mimeType: file.mimetype || DEFAULT_TYPES[type],
    size: positive(file.fileLength) ?? null,
    fileName: file.fileName || null,
    ...(seconds !== undefined && { seconds }),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
  };
}

function captionOf({ caption }: MediaFile): { caption: string | null; markdown?: string } {
  return caption ? withMarkdown("caption", caption) : { caption: null };
}

/** Protobuf's 64-bit numbers come as objects; zero is what an absent field looks like. */
function positive(value: unknown): number | undefined {
  const number = typeof value === "object" && value !== null ? Number(value.toString()) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number > 0
    ? number
    : undefined;
}
