import { buffer } from "node:stream/consumers";
import {
  type KeptMedia,
  type MediaReference,
  OrquestaError,
  type OutboxContent,
  type OutboxContentOf,
} from "@orquesta/core";
import type { MessageContent, MessageSendOptions } from "whatsapp-web.js";
import { writeVcard } from "../../../shared/contact-card/vcard.ts";
import type { WhatsappWebLibrary } from "../../whatsappweb-library.ts";
import { toWording, type Wording } from "./wording.ts";

/** Kinds of content that become a message of their own. */
export type WrittenContent = OutboxContentOf<
  | "text"
  | "image"
  | "video"
  | "audio"
  | "voice"
  | "document"
  | "sticker"
  | "location"
  | "contacts"
  | "poll"
>;

/** How the library is told to send it. */
export interface OutgoingMessage {
  readonly content: MessageContent;
  readonly options: MessageSendOptions;
  readonly mentions: Wording["mentions"];
}

interface Means {
  readonly library: WhatsappWebLibrary;
  readonly media: KeptMedia;
}

type MediaContent = Extract<WrittenContent, { readonly media: MediaReference }>;

const KINDS: ReadonlySet<string> = new Set<WrittenContent["type"]>([
  "text",
  "image",
  "video",
  "audio",
  "voice",
  "document",
  "sticker",
  "location",
  "contacts",
  "poll",
]);

export function isWritten(content: OutboxContent): content is WrittenContent {
  return KINDS.has(content.type);
}

/** @throws SEND_REJECTED, MEDIA_NOT_FOUND */
export async function toOutgoingMessage(
  content: WrittenContent,
  means: Means,
): Promise<OutgoingMessage> {
  const { library } = means;
  switch (content.type) {
    case "text": {
      const { text, mentions } = toWording(content.text, content);
      const options = content.linkPreview === undefined ? {} : { linkPreview: content.linkPreview };
      // A text that looks like a visiting card is a text.
      return { content: text, options: { ...options, parseVCards: false }, mentions };
    }
    case "location": {
      const { latitude, longitude, name, address } = content;
      const named = { ...(name && { name }), ...(address && { address }) };
      return plain(new library.Location(latitude, longitude, named));
    }
    case "poll": {
      const { question, options, multiple = false } = content;
      const settings = { allowMultipleAnswers: multiple, messageSecret: undefined };
      return plain(new library.Poll(question, [...options], settings));
    }
    case "contacts":
      return { content: "", options: { extra: cards(content) }, mentions: [] };
    default:
      return await mediaMessage(content, means);
  }
}

function plain(content: MessageContent): OutgoingMessage {
  return { content, options: {}, mentions: [] };
}

/** The library sends only cards of contacts that the page knows: these are put into the message itself. */
function cards({ contacts }: OutboxContentOf<"contacts">): object {
  const [first, ...others] = contacts.map((card) => ({
    displayName: card.name,
    vcard: writeVcard(card),
  }));
  if (!first) throw new OrquestaError("SEND_REJECTED", "there is no contact to send");
  if (others.length > 0) {
    return { type: "multi_vcard", body: null, vcardList: [first, ...others] };
  }
  return { type: "vcard", body: first.vcard, vcardFormattedName: first.displayName };
}

async function mediaMessage(
  content: MediaContent,
  { library, media }: Means,
): Promise<OutgoingMessage> {
  const { mimeType, fileName, size } = content.media;
  if (content.type === "sticker" && !mimeType.startsWith("image/")) {
    throw new OrquestaError("SEND_REJECTED", `a sticker is an image, not ${mimeType}`);
  }
  const bytes = await buffer(await media.open(content.media));
  const name = fileName ?? defaultName(content.type, mimeType);
  const file = new library.MessageMedia(mimeType, bytes.toString("base64"), name, size);
  const wording =
    "caption" in content && content.caption !== undefined
      ? toWording(content.caption, content)
      : { text: "", mentions: [] };
  const options: MessageSendOptions = {
    ...(wording.text !== "" && { caption: wording.text }),
    ...("viewOnce" in content && content.viewOnce && { isViewOnce: true }),
    ...(content.type === "video" && content.gif && { sendVideoAsGif: true }),
    ...(content.type === "voice" && { sendAudioAsVoice: true }),
    ...(content.type === "document" && { sendMediaAsDocument: true }),
    ...(content.type === "sticker" && { sendMediaAsSticker: true }),
  };
  return { content: file, options, mentions: wording.mentions };
}

function defaultName(kind: string, mimeType: string): string {
  const [, subtype = "bin"] = mimeType.split(";")[0]?.split("/") ?? [];
  return `${kind}.${subtype.replaceAll(/[^\w.-]/g, "")}`;
}
