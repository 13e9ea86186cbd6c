import {
  CHAT_ALIAS_TYPE,
  EVENT_TYPE,
  RECEIVED_MESSAGE_TYPE,
  REPLAY_TYPE,
} from "../own-key-types.ts";
import type { Reading } from "./incoming-message.ts";
import { type Decrypted, toStored } from "./received-message.ts";

/** All that has to be stored for a message, in the form that Baileys' transactions carry. */
export function toDataSet(
  reading: Reading | null,
  decrypted: Decrypted | null = null,
): Record<string, Record<string, unknown>> {
  if (reading === null) {
    return decrypted === null ? {} : { [REPLAY_TYPE]: { [decrypted.hash]: decrypted.plaintext } };
  }
  const { event, messageId, quotable, aliases } = reading;
  return {
    [EVENT_TYPE]: { [`${messageId}|${event.name}|${event.dedupeKey ?? ""}`]: event },
    [RECEIVED_MESSAGE_TYPE]: { [messageId]: toStored(quotable, decrypted) },
    [CHAT_ALIAS_TYPE]: aliases,
  };
}
