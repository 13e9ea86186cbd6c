import { type KnownPoll, toStoredPoll } from "../archive/known-poll.ts";
import { type Decrypted, toStored } from "../archive/received-message.ts";
import { type MediaLocator, toStoredLocator } from "../media/media-locator.ts";
import {
  CHAT_ALIAS_TYPE,
  EVENT_TYPE,
  MEDIA_TYPE,
  POLL_TYPE,
  RECEIVED_MESSAGE_TYPE,
  REPLAY_TYPE,
} from "../own-key-types.ts";
import type { Reading } from "./incoming-message.ts";

/** All that has to be stored for a message, in the form that Baileys' transactions carry. */
export function toDataSet(
  reading: Reading | null,
  decrypted: Decrypted | null = null,
): Record<string, Record<string, unknown>> {
  if (reading === null) return toReplay(decrypted);
  const { event, messageId, remembered, poll, medium, aliases } = reading;
  return {
    [EVENT_TYPE]: { [`${messageId}|${event.name}|${event.dedupeKey ?? ""}`]: event },
    ...(remembered === null
      ? toReplay(decrypted)
      : { [RECEIVED_MESSAGE_TYPE]: { [messageId]: toStored(remembered, decrypted) } }),
    ...(poll && toPollRow(messageId, poll)),
    ...(medium && toMediumRow(medium.id, medium.locator)),
    [CHAT_ALIAS_TYPE]: aliases,
  };
}

export function toPollRow(
  messageId: string,
  poll: KnownPoll,
): Record<string, Record<string, unknown>> {
  return { [POLL_TYPE]: { [messageId]: toStoredPoll(poll) } };
}

export function toMediumRow(
  mediaId: string,
  locator: MediaLocator,
): Record<string, Record<string, unknown>> {
  return { [MEDIA_TYPE]: { [mediaId]: toStoredLocator(locator) } };
}

function toReplay(decrypted: Decrypted | null): Record<string, Record<string, unknown>> {
  return decrypted === null ? {} : { [REPLAY_TYPE]: { [decrypted.hash]: decrypted.plaintext } };
}
