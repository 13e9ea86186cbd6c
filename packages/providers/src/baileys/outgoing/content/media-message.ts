import { OrquestaError, type OutboxContent, type OutboxContentOf } from "@orquesta/core";
import type { proto } from "@whiskeysockets/baileys";
import type { MediaKind } from "../../media/media-kind.ts";
import type { UploadedMedia } from "../../media/media-upload.ts";
import { toWording, type Wording } from "./wording.ts";

export type MediaContent = OutboxContentOf<
  "image" | "video" | "audio" | "voice" | "document" | "sticker"
>;

const STICKER_TYPE = "image/webp";
const VOICE_TYPE = "audio/ogg; codecs=opus";

export function hasMedia(content: OutboxContent): content is MediaContent {
  return "media" in content;
}

export function mediaKindOf({ type }: MediaContent): MediaKind {
  return type === "voice" ? "audio" : type;
}

/** Null where there is no caption, or can be none. @throws SEND_REJECTED */
export function toCaption(content: MediaContent, chatId: string): Wording | null {
  if (!("caption" in content) || content.caption === undefined) return null;
  return toWording(content.caption, content, chatId);
}

/** @throws SEND_REJECTED when the medium is of no kind that WhatsApp shows so */
export function toMediaMessage(
  content: MediaContent,
  uploaded: UploadedMedia,
  wording: Wording | null,
  contextInfo: proto.IContextInfo | null,
): proto.IMessage {
  const { mimeType, fileName, seconds } = content.media;
  const caption = wording?.text ?? null;
  const common = { ...uploaded, mimetype: mimeType, contextInfo };
  const duration = seconds === null ? {} : { seconds: Math.max(1, Math.round(seconds)) };
  switch (content.type) {
    case "image":
      return onceOr(content, { imageMessage: { ...common, caption, ...viewOnce(content) } });
    case "video": {
      const gifPlayback = content.gif ?? false;
      const video = { ...common, ...duration, caption, gifPlayback, ...viewOnce(content) };
      return onceOr(content, { videoMessage: video });
    }
    case "voice": {
      const voice = { ...common, ...duration, mimetype: VOICE_TYPE, ptt: true };
      return onceOr(content, { audioMessage: { ...voice, ...viewOnce(content) } });
    }
    case "audio":
      return { audioMessage: { ...common, ...duration, ptt: false } };
    case "document": {
      const name = fileName ?? "document";
      return { documentMessage: { ...common, fileName: name, title: name, caption } };
    }
    case "sticker":
      if (mimeType !== STICKER_TYPE) {
        throw new OrquestaError("SEND_REJECTED", `a sticker is ${STICKER_TYPE}, not ${mimeType}`);
      }
      return { stickerMessage: common };
  }
}

interface MayVanish {
  readonly viewOnce?: boolean | undefined;
}

function viewOnce({ viewOnce = false }: MayVanish): { viewOnce?: true } {
  return viewOnce ? { viewOnce: true } : {};
}

function onceOr({ viewOnce = false }: MayVanish, message: proto.IMessage): proto.IMessage {
  return viewOnce ? { viewOnceMessage: { message } } : message;
}
