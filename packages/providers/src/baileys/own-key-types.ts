/** Key types of our own; they travel through Baileys' transactions beside Baileys' types. */

/** A durable event: never stored as a key, the store hands it to the journal in the same commit. */
export const EVENT_TYPE = "orquesta-event";
/** SHA-256 of a ciphertext that is no message to find again → its padded plaintext. */
export const REPLAY_TYPE = "replay";
/** Id of a message of ours → the message, for devices that ask for it again. */
export const SENT_MESSAGE_TYPE = "sent-message";
/** Id of a message of others → what is needed to find it again, and to take it once more. */
export const RECEIVED_MESSAGE_TYPE = "received-message";
/** Id of a poll, ours too → what is needed to read the votes in it, see known-poll.ts. */
export const POLL_TYPE = "poll";
/** Id of a medium that came in → what is needed to fetch it, see media-locator.ts. */
export const MEDIA_TYPE = "media";
/** Id of a message that told of a history → where it is, until it is in the journal. */
export const HISTORY_TYPE = "history";
/** User part of a LID → id of the contact. */
export const CHAT_ALIAS_TYPE = "chat-alias";
/** A phone number as people type it → the one that WhatsApp knows, in digits. */
export const NUMBER_TYPE = "number";
/** The account's own identity and state. */
export const CREDENTIALS_TYPE = "creds";

const DAY_MS = 86_400_000;

/** What may be forgotten by itself; the platform redelivers nothing that is older than two weeks. */
export const KEY_LIFETIME_MS: Readonly<Record<string, number>> = {
  [REPLAY_TYPE]: 14 * DAY_MS,
  [SENT_MESSAGE_TYPE]: 14 * DAY_MS,
  [RECEIVED_MESSAGE_TYPE]: 14 * DAY_MS,
  [HISTORY_TYPE]: 14 * DAY_MS,
  // An account may move to another number.
  [NUMBER_TYPE]: 30 * DAY_MS,
  [POLL_TYPE]: 90 * DAY_MS,
  // WhatsApp keeps media for about a month.
  [MEDIA_TYPE]: 30 * DAY_MS,
};
