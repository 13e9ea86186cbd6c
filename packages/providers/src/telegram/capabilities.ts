import type { Capabilities } from "@orquesta/core";

const MEGABYTE = 1024 * 1024;
/** @see https://core.telegram.org/bots/api#sending-files */
const UPLOAD_BYTES = 50 * MEGABYTE;

/** What the operations of `telegram-operations.ts` are called. */
const OPERATIONS = [
  "chats.setPresence",
  "chats.markRead",
  "groups.get",
  "groups.changeParticipants",
  "groups.setSubject",
  "groups.setDescription",
  "groups.setPicture",
  "groups.inviteLink",
  "groups.revokeInviteLink",
  "groups.leave",
  "groups.setSettings",
  "contacts.get",
  "contacts.picture",
  "profile.get",
  "profile.setName",
  "profile.setAbout",
] as const satisfies Capabilities["operations"];

/** What a Telegram bot can do. @param maxSilenceMs of a session */
export function telegramCapabilities(maxSilenceMs: number): Capabilities {
  return {
    outgoing: [
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
      "reaction",
      "edit",
      "delete",
      "forward",
      "buttons",
      "list",
      "album",
    ],
    incoming: [
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
      "choice",
    ],
    events: [
      "message.edited",
      "message.deleted",
      "message.reacted",
      "poll.voted",
      "group.changed",
      "chat.migrated",
    ],
    operations: OPERATIONS,
    menus: "native",
    limits: { textLength: 4096, captionLength: 1024, mediaBytes: UPLOAD_BYTES },
    push: true,
    pairing: [],
    inbound: "at_least_once",
    resend: "ambiguous",
    maxSilenceMs,
    portable: true,
  };
}
