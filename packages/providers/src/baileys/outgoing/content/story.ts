import { OrquestaError, type OutboxContentOf } from "@orquesta/core";
import type { proto } from "@whiskeysockets/baileys";
import { STATUS_CHAT } from "../../../shared/whatsapp/chat-id.ts";
import type { Composing } from "../composing.ts";
import { hasMedia, mediaKindOf, toCaption, toMediaMessage } from "./media-message.ts";
import { toWording } from "./wording.ts";

const WHITE = 0xffffffff;
const DEFAULT_BACKGROUND = "#1f6f54";

/** @throws SEND_REJECTED */
export async function toStory(
  { story, backgroundColor }: OutboxContentOf<"status">,
  { uploader, signal }: Composing,
): Promise<proto.IMessage> {
  if (story.quoteMessageId !== undefined) {
    throw new OrquestaError("SEND_REJECTED", "a story answers no message");
  }
  if (!hasMedia(story)) {
    const { text, mentioned } = toWording(story.text, story, STATUS_CHAT);
    const contextInfo = mentioned.length > 0 ? { mentionedJid: [...mentioned] } : null;
    const colors = { textArgb: WHITE, backgroundArgb: toArgb(backgroundColor) };
    return { extendedTextMessage: { text, ...colors, contextInfo } };
  }
  const wording = toCaption(story, STATUS_CHAT);
  const uploaded = await uploader.upload(story.media, mediaKindOf(story), signal);
  return toMediaMessage(story, uploaded, wording, null);
}

function toArgb(color = DEFAULT_BACKGROUND): number {
  return 0xff000000 + Number.parseInt(color.slice(1), 16);
}
