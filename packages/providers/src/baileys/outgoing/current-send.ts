import { AsyncLocalStorage } from "node:async_hooks";

/** A message on its way through Baileys. */
export interface CurrentSend {
  /** What is stored of it, until it is, with the first ratchet that encrypts it. */
  unstored: Readonly<Record<string, Readonly<Record<string, unknown>>>> | null;
  hasEncrypted: boolean;
  /** Frames that went out after the first encryption: the message may be among them. */
  mayHaveLeft: boolean;
}

/**
 * Which message a piece of Baileys' work belongs to: encryption and the wire know nothing of it, but
 * run in the async context of the send.
 */
export const currentSend = new AsyncLocalStorage<CurrentSend>();
