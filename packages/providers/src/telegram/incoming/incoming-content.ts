import type { IncomingContent, KeyChange } from "@orquesta/core";
import type { BotFile, BotMessage, MessageEntity } from "../api/bot-api-types.ts";
import { type FoundMedia, largestPhoto, readMedia, stickerType } from "./incoming-media.ts";
import { toMarkdown } from "./to-markdown.ts";

export interface ReadContent {
  readonly content: IncomingContent;
  /** What has to be kept along with it. */
  readonly keys: readonly KeyChange[];
}

/** Fields of a message that say who and where, not what. */
const FRAME = new Set(
  `message_id message_thread_id direct_messages_topic from sender_chat sender_boost_count
  sender_business_bot sender_tag date business_connection_id chat forward_origin forward_from
  forward_from_chat forward_from_message_id forward_signature forward_sender_name forward_date
  is_topic_message is_automatic_forward reply_to_message external_reply quote reply_to_story
  reply_to_checklist_task_id reply_to_poll_option_id via_bot edit_date has_protected_content
  is_from_offline is_paid_post media_group_id author_signature paid_star_count link_preview_options
  suggested_post_info effect_id entities caption caption_entities show_caption_above_media
  has_media_spoiler reply_markup`.split(/\s+/),
);

/** Reads what a message says; null when its kind is none that Orquesta knows. */
export function readContent(message: BotMessage): ReadContent {
  return (
    readText(message) ?? readFile(message) ?? readOther(message) ?? plain(unsupported(message))
  );
}

export function unsupported(message: object): IncomingContent {
  const kind = Object.keys(message).find((field) => !FRAME.has(field));
  return { type: "unsupported", kind: kind?.slice(0, 64) ?? "unknown" };
}

function plain(content: IncomingContent): ReadContent {
  return { content, keys: [] };
}

function readText({ text, entities }: BotMessage): ReadContent | null {
  if (text === undefined) return null;
  if (typeof text !== "string") throw new TypeError("a text is none");
  return plain({ type: "text", text, ...markdownOf(text, entities) });
}

function markdownOf(text: string | undefined, entities: readonly MessageEntity[] | undefined) {
  const markdown = text && entities ? toMarkdown(text, entities) : null;
  return markdown === null ? {} : { markdown };
}

type FileKind = "image" | "video" | "gif" | "note" | "audio" | "voice" | "document" | "sticker";

/** The file of a message, and what kind of medium that makes. Animations also come as documents. */
function fileOf(message: BotMessage): readonly [FileKind, BotFile, string] | null {
  const { photo, video, animation, video_note, audio, voice, document, sticker } = message;
  if (photo) return ["image", largestPhoto(photo), "image/jpeg"];
  if (animation) return ["gif", animation, "video/mp4"];
  if (video) return ["video", video, "video/mp4"];
  if (video_note) return ["note", video_note, "video/mp4"];
  if (voice) return ["voice", voice, "audio/ogg"];
  if (audio) return ["audio", audio, "audio/mpeg"];
  if (sticker) return ["sticker", sticker, stickerType(sticker)];
  if (document) return ["document", document, "application/octet-stream"];
  return null;
}

function readFile(message: BotMessage): ReadContent | null {
  const file = fileOf(message);
  if (!file) return null;
  const [kind, found, mimeType] = file;
  const medium = readMedia(found, mimeType);
  return { content: toMediaContent(kind, medium, message), keys: [medium.key] };
}

function toMediaContent(
  kind: FileKind,
  { media }: FoundMedia,
  { caption, caption_entities, sticker, video_note }: BotMessage,
): IncomingContent {
  const marked = markdownOf(caption, caption_entities);
  const captioned = { media, caption: caption ?? null, ...marked };
  switch (kind) {
    case "image":
    case "video":
    case "document":
      return { type: kind, ...captioned };
    case "gif":
      return { type: "video", ...captioned, gif: true };
    case "note": {
      const side = video_note?.length;
      const square = side === undefined ? {} : { width: side, height: side };
      return { type: "video", media: { ...media, ...square }, caption: null };
    }
    case "audio":
      return { type: "audio", media, ...(caption !== undefined && { caption }) };
    case "voice":
      return { type: "voice", media };
    case "sticker":
      return { type: "sticker", media, ...(sticker?.emoji && { emoji: sticker.emoji }) };
  }
}

function readOther({ venue, location, contact, poll }: BotMessage): ReadContent | null {
  // A venue also comes as a location.
  if (venue) {
    const { latitude, longitude } = venue.location;
    const { title: name, address } = venue;
    return plain({ type: "location", latitude, longitude, name, address });
  }
  if (location) {
    const { latitude, longitude, live_period } = location;
    const place = { type: "location", latitude, longitude, name: null, address: null } as const;
    return plain(live_period === undefined ? place : { ...place, live: true });
  }
  if (contact) {
    const name = [contact.first_name, contact.last_name].filter(Boolean).join(" ");
    return plain({ type: "contacts", contacts: [{ name, phones: [contact.phone_number] }] });
  }
  if (!poll) return null;
  const { question, options, allows_multiple_answers: multiple } = poll;
  return plain({ type: "poll", question, options: options.map(({ text }) => text), multiple });
}
