import type { IncomingContent, IncomingMedia } from "@orquesta/core";
import type { Message } from "whatsapp-web.js";
import { readVcard } from "../../../shared/contact-card/vcard.ts";
import { withMarkdown } from "../../../shared/whatsapp/formatted.ts";
import { type RawMessage, readRaw } from "../raw-message.ts";

/** Types of the page that people see as no message, or see as something else. */
const PLUMBING = new Set([
  "broadcast_notification",
  "call_log",
  "ciphertext",
  "debug",
  "e2e_notification",
  "gp2",
  "notification",
  "notification_template",
  "pinned_message",
  "protocol",
  "reaction",
  "revoked",
]);

/** What a message says; null when it says nothing to people. */
export function readContent(message: Message): IncomingContent | null {
  // A string: the page has more types than the library knows.
  const type: string = message.type;
  if (PLUMBING.has(type)) return null;
  const raw = readRaw(message);
  return contentOf(message, type, raw) ?? { type: "unsupported", kind: type };
}

function contentOf(message: Message, type: string, raw: RawMessage): IncomingContent | null {
  switch (type) {
    case "chat":
      return { type: "text", ...withMarkdown("text", message.body) };
    case "location":
      return location(message, raw);
    case "vcard":
      return {
        type: "contacts",
        contacts: [readVcard(message.body, raw.vcardFormattedName ?? null)],
      };
    case "multi_vcard": {
      const cards = raw.vcardList ?? [];
      const contacts = cards.map(({ vcard, displayName }) => readVcard(vcard, displayName ?? null));
      return { type: "contacts", contacts };
    }
    case "poll_creation":
      return {
        type: "poll",
        question: raw.pollName ?? "",
        options: (raw.pollOptions ?? []).map(({ name }) => name),
        multiple: raw.pollSelectableOptionsCount !== 1,
      };
    default:
      return message.hasMedia ? mediaContent(message, type, raw) : null;
  }
}

function location({ location: place }: Message, { isLive }: RawMessage): IncomingContent | null {
  if (!place) return null;
  const { latitude, longitude, name, address } = place;
  return {
    type: "location",
    latitude: Number(latitude),
    longitude: Number(longitude),
    name: name || null,
    address: address || null,
    ...(isLive && { live: true as const }),
  };
}

function mediaContent(message: Message, type: string, raw: RawMessage): IncomingContent | null {
  const media = mediaOf(message, raw);
  const viewOnce = raw.isViewOnce ? { viewOnce: true as const } : {};
  const caption = raw.caption ? withMarkdown("caption", raw.caption) : { caption: null };
  switch (type) {
    case "image":
      return { type, media, ...caption, ...viewOnce };
    case "video":
      return { type, media, ...caption, ...viewOnce, ...(raw.isGif && { gif: true as const }) };
    case "document":
      return { type, media, ...caption };
    case "audio":
      return { type, media };
    case "ptt":
      return { type: "voice", media, ...viewOnce };
    case "sticker":
      return { type, media };
    default:
      return null;
  }
}

function mediaOf({ id }: Message, raw: RawMessage): IncomingMedia {
  return {
    // The page's own key of the message: all that it needs to find the bytes.
    id: id._serialized,
    mimeType: raw.mimetype ?? "application/octet-stream",
    size: raw.size ?? null,
    fileName: raw.filename ?? null,
    ...(raw.duration !== undefined && { seconds: raw.duration }),
    ...(raw.width !== undefined && { width: raw.width }),
    ...(raw.height !== undefined && { height: raw.height }),
  };
}
