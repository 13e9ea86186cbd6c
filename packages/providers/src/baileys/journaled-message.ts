import type { Reading } from "./incoming-message.ts";
import { CHAT_ALIAS_TYPE, EVENT_TYPE, QUOTABLE_TYPE } from "./own-key-types.ts";
import { toStored } from "./quotable.ts";

/** All that has to be stored for a message, in the form that Baileys' transactions carry. */
export function toDataSet(reading: Reading | null): Record<string, Record<string, unknown>> {
  if (reading === null) return {};
  const { event, messageId, quotable, aliases } = reading;
  return {
    [EVENT_TYPE]: { [`${messageId}|${event.name}|${event.dedupeKey ?? ""}`]: event },
    [QUOTABLE_TYPE]: { [messageId]: toStored(quotable) },
    [CHAT_ALIAS_TYPE]: aliases,
  };
}
