import { AsyncLocalStorage } from "node:async_hooks";

/** A message on its way through Baileys. */
export interface CurrentSend {
  readonly messageId: string;
  /** The encoded message, until it is stored with the first ratchet that encrypts it. */
  unstored: Uint8Array | null;
  hasEncrypted: boolean;
  /** Frames that went out after the first encryption: the message may be among them. */
  mayHaveLeft: boolean;
}

/**
 * Which message a piece of Baileys' work belongs to: encryption and the wire know nothing of it, but
 * run in the async context of the send.
 */
export const currentSend = new AsyncLocalStorage<CurrentSend>();
