/** What WhatsApp makes keys and paths of; pictures and stickers are one to it. */
export type MediaKind = "image" | "video" | "audio" | "document" | "sticker" | "history";

interface MediaKindTraits {
  /** Part of what the keys are derived with. */
  readonly info: string;
  /** Where it is uploaded to. */
  readonly path: string;
}

/** As Baileys has them in `MEDIA_HKDF_KEY_MAPPING` and `MEDIA_PATH_MAP`. */
export const MEDIA_KINDS: Readonly<Record<MediaKind, MediaKindTraits>> = {
  image: { info: "WhatsApp Image Keys", path: "/mms/image" },
  video: { info: "WhatsApp Video Keys", path: "/mms/video" },
  audio: { info: "WhatsApp Audio Keys", path: "/mms/audio" },
  document: { info: "WhatsApp Document Keys", path: "/mms/document" },
  sticker: { info: "WhatsApp Image Keys", path: "/mms/image" },
  history: { info: "WhatsApp History Keys", path: "/mms/md-msg-hist" },
};

export function isMediaKind(value: unknown): value is MediaKind {
  return typeof value === "string" && Object.hasOwn(MEDIA_KINDS, value);
}
