export interface PeerSendOptions {
  /** The id of the message that this one quotes. */
  readonly quote?: string;
  /** Numbers that the text names. */
  readonly mentions?: readonly string[];
  readonly forwarded?: boolean;
  /** The stanza id; a fresh one when left out. */
  readonly id?: string;
}

/** Messages that are encrypted already, so that sending them costs next to nothing. */
export interface PreparedBatch {
  readonly ids: readonly string[];
  /** Queues or delivers them all at once, in order. A batch can be pushed once. */
  push(): void;
}

export interface PeerProfile {
  readonly about?: string;
  /** JPEG. */
  readonly picture?: Uint8Array;
}
