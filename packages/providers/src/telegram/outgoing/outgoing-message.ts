import {
  type KeptMedia,
  type KeyChange,
  OrquestaError,
  type OutboxContent,
  type OutboxContentOf,
} from "@orquesta/core";
import type { Payload } from "../api/bot-api.ts";
import { type ChatTarget, parseChatId, targetOf } from "../chat-id.ts";
import { messageNumber } from "../message-id.ts";
import type { Call } from "./call.ts";
import { toContactCalls } from "./contact-calls.ts";
import { toEntityText, type Wording } from "./formatted.ts";
import { toKeyboard, toMenuText } from "./keyboard.ts";
import { openUpload } from "./upload.ts";

export interface Composed {
  /** Made one after the other; the message is sent when all are. */
  readonly calls: readonly Call[];
  /** To be stored before. */
  readonly keys: readonly KeyChange[];
}

type FileContent = OutboxContentOf<"image" | "video" | "audio" | "voice" | "document" | "sticker">;
type AlbumItem = OutboxContentOf<"album">["items"][number];

/**
 * The calls that a message comes to. Media are opened: whoever composes makes the calls.
 * @throws SEND_REJECTED what Telegram has no form for, MEDIA_NOT_FOUND
 */
export async function compose(
  content: OutboxContent,
  target: ChatTarget,
  media: KeptMedia,
): Promise<Composed> {
  switch (content.type) {
    case "image":
    case "video":
    case "audio":
    case "voice":
    case "document":
    case "sticker":
      return only(await toFileCall(content, target, media));
    case "album":
      return only(await toAlbumCall(content.items, target, media));
    case "buttons":
    case "list": {
      const { keys, reply_markup } = toKeyboard(content);
      const payload = { ...target, ...toMenuText(content), reply_markup, ...quoting(content) };
      return { calls: [{ method: "sendMessage", payload }], keys };
    }
    case "contacts":
      return { calls: toContactCalls(content.contacts, target, quoting(content)), keys: [] };
    case "poll":
      return only(toPollCall(content, target));
    case "text":
    case "location":
      return only(toPlainCall(content, target));
    default:
      return only(toChangeCall(content, target));
  }
}

function only(call: Call): Composed {
  return { calls: [call], keys: [] };
}

/** A message that vanished meanwhile is answered without showing it. */
function quoting({ quoteMessageId }: { readonly quoteMessageId?: string | undefined }): Payload {
  if (quoteMessageId === undefined) return {};
  const message_id = messageNumber(quoteMessageId);
  return { reply_parameters: { message_id, allow_sending_without_reply: true } };
}

type Words = Omit<Wording, "mentions"> & {
  readonly mentions?: readonly string[] | "all" | undefined;
};

function worded(text: string, { format, mentions }: Words) {
  if (mentions === "all") throw rejected("Telegram has no way to mention everybody in a chat");
  return toEntityText(text, { format, mentions });
}

function toPlainCall(content: OutboxContentOf<"text" | "location">, target: ChatTarget): Call {
  if (content.type === "text") {
    const { text, entities } = worded(content.text, content);
    const { linkPreview } = content;
    const preview = linkPreview !== undefined && {
      link_preview_options: { is_disabled: !linkPreview },
    };
    const payload = { ...target, text, entities, ...preview, ...quoting(content) };
    return { method: "sendMessage", payload };
  }
  const { latitude, longitude, name, address } = content;
  const place = { ...target, latitude, longitude, ...quoting(content) };
  if (!name) return { method: "sendLocation", payload: place };
  return { method: "sendVenue", payload: { ...place, title: name, address: address || name } };
}

function toPollCall(content: OutboxContentOf<"poll">, target: ChatTarget): Call {
  const payload = {
    ...target,
    question: content.question,
    options: content.options.map((text) => ({ text })),
    allows_multiple_answers: content.multiple === true,
    // Only votes with a name are told.
    is_anonymous: false,
    ...quoting(content),
  };
  const method = "sendPoll";
  const call = { method, payload: { ...payload, is_anonymous: true } };
  return { method, payload, otherwise: { when: /non-anonymous polls/i, call } };
}

const FILE_METHODS = {
  image: ["sendPhoto", "photo"],
  video: ["sendVideo", "video"],
  audio: ["sendAudio", "audio"],
  voice: ["sendVoice", "voice"],
  document: ["sendDocument", "document"],
  sticker: ["sendSticker", "sticker"],
} as const;

async function toFileCall(
  content: FileContent,
  target: ChatTarget,
  media: KeptMedia,
): Promise<Call> {
  refuseViewOnce(content);
  const isGif = content.type === "video" && content.gif === true;
  const [method, field] = isGif
    ? (["sendAnimation", "animation"] as const)
    : FILE_METHODS[content.type];
  const captioned = "caption" in content ? captionOf(content) : {};
  const { seconds } = content.media;
  const plays = content.type !== "image" && content.type !== "document" && seconds !== null;
  const rest = { ...target, ...captioned, ...quoting(content) };
  return {
    method,
    payload: {
      ...rest,
      ...(plays && { duration: Math.round(seconds) }),
      ...(method === "sendVideo" && { supports_streaming: true }),
      [field]: await openUpload(media, content.media, field),
    },
  };
}

function captionOf(content: Words & { readonly caption?: string | undefined }): Payload {
  const { text, entities } = worded(content.caption ?? "", content);
  return text === "" ? {} : { caption: text, caption_entities: entities };
}

async function toAlbumCall(
  items: readonly AlbumItem[],
  target: ChatTarget,
  media: KeptMedia,
): Promise<Call> {
  const captions = items.map((item) => {
    refuseViewOnce(item);
    return captionOf(item);
  });
  const group = [];
  for (const [index, item] of items.entries()) {
    const type = item.type === "image" ? "photo" : "video";
    group.push({ type, media: await openUpload(media, item.media, type), ...captions[index] });
  }
  return { method: "sendMediaGroup", payload: { ...target, media: group } };
}

function refuseViewOnce(content: FileContent): void {
  if ("viewOnce" in content && content.viewOnce === true) {
    throw rejected("a bot of Telegram cannot send media that are seen only once");
  }
}

/** Telegram knows hearts and the like without the mark that asks for colour. */
const COLOUR = /\uFE0F/g;

function toChangeCall(
  content: OutboxContentOf<"reaction" | "edit" | "delete" | "forward" | "status">,
  target: ChatTarget,
): Call {
  switch (content.type) {
    case "edit": {
      const { text, entities } = toEntityText(content.text, content);
      const message = { ...target, message_id: messageNumber(content.messageId) };
      const doneWhen = /message is not modified/i;
      const payload = { ...message, caption: text, caption_entities: entities };
      const call: Call = { method: "editMessageCaption", payload, doneWhen, isRepeatable: true };
      return {
        method: "editMessageText",
        payload: { ...message, text, entities },
        doneWhen,
        otherwise: { when: /no text in the message to edit/i, call },
        isRepeatable: true,
      };
    }
    case "delete":
      return toDeletion(messageNumber(content.messageId), target);
    case "reaction": {
      const { chat_id } = ofTheBotOnly(target, "reacts to");
      const emoji = content.emoji?.replace(COLOUR, "");
      const reaction = emoji === undefined ? [] : [{ type: "emoji", emoji }];
      const payload = { chat_id, message_id: messageNumber(content.messageId), reaction };
      return { method: "setMessageReaction", payload, isRepeatable: true };
    }
    case "forward": {
      const from = ofTheBotOnly(targetOf(parseChatId(content.fromChatId)), "forwards");
      const payload = {
        ...ofTheBotOnly(target, "forwards"),
        from_chat_id: from.chat_id,
        message_id: messageNumber(content.messageId),
      };
      return { method: "forwardMessage", payload };
    }
    case "status":
      throw rejected("a bot of Telegram has no stories");
  }
}

function toDeletion(message_id: number, target: ChatTarget): Call {
  const { business_connection_id } = target;
  if (business_connection_id === undefined) {
    return { method: "deleteMessage", payload: { ...target, message_id } };
  }
  const payload = { business_connection_id, message_ids: [message_id] };
  return { method: "deleteBusinessMessages", payload };
}

function ofTheBotOnly(target: ChatTarget, what: string): ChatTarget {
  if (target.business_connection_id === undefined) return target;
  throw rejected(`a bot of Telegram ${what} no messages on behalf of a business account`);
}

function rejected(message: string): OrquestaError {
  return new OrquestaError("SEND_REJECTED", message);
}
