import { BoundedMap } from "../../shared/bounded-map/bounded-map.ts";

/**
 * The chat that a message was sent to. Its receipts may come from another address of the same
 * person, and must still say the chat that the caller knows. For older messages the contact's id
 * is taken, which is the same unless the caller chose the other address.
 */
export type SentChats = BoundedMap<string, string>;

export function makeSentChats(): SentChats {
  return new BoundedMap(1_000);
}
