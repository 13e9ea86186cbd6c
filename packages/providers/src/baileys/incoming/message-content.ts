import type { IncomingContent } from "@orquesta/core";
import type { proto } from "@whiskeysockets/baileys";
import { readVcard } from "../../shared/contact-card/vcard.ts";
import { withMarkdown } from "../../shared/whatsapp/formatted.ts";
import { optionsOf, pollCreationOf } from "../archive/known-poll.ts";
import { type MediaContent, readMedia } from "./media-content.ts";

export interface ShownContent {
  readonly content: IncomingContent;
  readonly contextInfo: proto.IContextInfo | null;
  readonly medium: MediaContent | null;
}

/** Fields that accompany a message or set something up, and show nothing. */
const PLUMBING = new Set([
  "senderKeyDistributionMessage",
  "fastRatchetKeySenderKeyDistributionMessage",
  "messageContextInfo",
  "protocolMessage",
  // Says how many images and videos follow; each of them names it.
  "albumMessage",
]);

/**
 * What the inner part of a message shows.
 * @param field as `shownField` says
 * @param mediaId the id that a medium in it gets
 */
export function readContent(
  inner: proto.IMessage,
  field: string,
  mediaId: string,
  isViewOnce: boolean,
): ShownContent {
  const medium = readMedia(inner, mediaId, isViewOnce);
  if (medium !== null) return { content: medium.content, contextInfo: medium.contextInfo, medium };
  const { content, contextInfo } = readPlain(inner) ?? {
    content: { type: "unsupported", kind: field },
    contextInfo: null,
  };
  return { content, contextInfo: contextInfo ?? null, medium: null };
}

/** The field of the protobuf that holds what is shown; null when nothing is. */
export function shownField(inner: proto.IMessage): string | null {
  for (const [field, value] of Object.entries(inner)) {
    if (value !== null && value !== undefined && !PLUMBING.has(field)) return field;
  }
  return null;
}

/** The text that people read in a message, for a quote; null when it has none. */
export function shownTextOf(content: IncomingContent): string | null {
  switch (content.type) {
    case "text":
      return content.text;
    case "location":
      return content.name;
    case "contacts":
      return content.contacts.map(({ name }) => name).join(", ");
    case "poll":
      return content.question;
    case "choice":
      return content.title;
    case "voice":
    case "sticker":
    case "unsupported":
      return null;
    default:
      return content.caption ?? null;
  }
}

interface Plain {
  readonly content: IncomingContent;
  readonly contextInfo?: proto.IContextInfo | null | undefined;
}

function readPlain(inner: proto.IMessage): Plain | null {
  return (
    readText(inner) ?? readPlace(inner) ?? readCards(inner) ?? readPoll(inner) ?? readChoice(inner)
  );
}

function readText(inner: proto.IMessage): Plain | null {
  const { conversation, extendedTextMessage, buttonsMessage, listMessage } = inner;
  const template = inner.templateMessage?.hydratedTemplate;
  const { interactiveMessage } = inner;
  const text =
    conversation ??
    extendedTextMessage?.text ??
    // What businesses send with buttons that we could not press anyway.
    buttonsMessage?.contentText ??
    listMessage?.description ??
    template?.hydratedContentText ??
    interactiveMessage?.body?.text;
  if (text === null || text === undefined) return null;
  const holder =
    extendedTextMessage ??
    buttonsMessage ??
    listMessage ??
    inner.templateMessage ??
    interactiveMessage;
  return {
    content: { type: "text", ...withMarkdown("text", text) },
    contextInfo: holder?.contextInfo,
  };
}

function readPlace({ locationMessage, liveLocationMessage }: proto.IMessage): Plain | null {
  const place = locationMessage ?? liveLocationMessage;
  if (!place) return null;
  const isLive = Boolean(liveLocationMessage ?? locationMessage?.isLive);
  return {
    content: {
      type: "location",
      latitude: place.degreesLatitude ?? 0,
      longitude: place.degreesLongitude ?? 0,
      name: locationMessage?.name || null,
      address: locationMessage?.address || null,
      ...(isLive && { live: true }),
    },
    contextInfo: place.contextInfo,
  };
}

function readCards({ contactMessage, contactsArrayMessage }: proto.IMessage): Plain | null {
  const holder = contactMessage ?? contactsArrayMessage;
  if (!holder) return null;
  const cards = contactMessage ? [contactMessage] : (contactsArrayMessage?.contacts ?? []);
  const contacts = cards.map(({ vcard, displayName }) =>
    readVcard(vcard ?? "", displayName ?? null),
  );
  return { content: { type: "contacts", contacts }, contextInfo: holder.contextInfo };
}

function readPoll(inner: proto.IMessage): Plain | null {
  const poll = pollCreationOf(inner);
  if (!poll) return null;
  return {
    content: {
      type: "poll",
      question: poll.name ?? "",
      options: optionsOf(poll),
      // Zero: as many as there are.
      multiple: poll.selectableOptionsCount !== 1,
    },
    contextInfo: poll.contextInfo,
  };
}

/** Answers to buttons and lists, which old clients still show. */
function readChoice(inner: proto.IMessage): Plain | null {
  const choice = choiceIn(inner);
  if (choice === null) return null;
  const { id, title, contextInfo } = choice;
  const menuMessageId = contextInfo?.stanzaId;
  const content: IncomingContent = menuMessageId
    ? { type: "choice", menuMessageId, id, title }
    : { type: "text", text: title };
  return { content, contextInfo };
}

function choiceIn(
  inner: proto.IMessage,
): { id: string; title: string; contextInfo: proto.IContextInfo | null | undefined } | null {
  const { buttonsResponseMessage: button, listResponseMessage: row } = inner;
  const { templateButtonReplyMessage: reply } = inner;
  if (button) {
    const { selectedButtonId: id, selectedDisplayText: title, contextInfo } = button;
    return { id: id ?? "", title: title ?? "", contextInfo };
  }
  if (row) {
    const { title, singleSelectReply, contextInfo } = row;
    return { id: singleSelectReply?.selectedRowId ?? "", title: title ?? "", contextInfo };
  }
  if (!reply) return null;
  const { selectedId: id, selectedDisplayText: title, contextInfo } = reply;
  return { id: id ?? "", title: title ?? "", contextInfo };
}
