import type { Readable } from "node:stream";
import type { OutboxContent } from "../message/outgoing-content.ts";
import type { SessionOperations } from "./operations/operations.ts";
import type { Push } from "./push.ts";
import type { SessionEvidence } from "./session-evidence.ts";

/** A message that we owe to the platform. */
export interface OutboxMessage {
  readonly outboxId: string;
  /** With `resend: "same_id"` the id on the wire; otherwise only ours. */
  readonly messageId: string;
  readonly chatId: string;
  readonly content: OutboxContent;
  /** 1 on the first try. */
  readonly attempt: number;
}

export interface Sent {
  /** The id that the platform knows the message by. */
  readonly messageId: string;
}

export interface PairingCodeOptions {
  /** A code that the caller chose, in the platform's characters. @default a random one */
  readonly code?: string;
  readonly signal: AbortSignal;
}

/** A code to type into the account's phone. */
export interface PairingCode {
  readonly code: string;
  /** ISO 8601 UTC; the session keeps it valid until then. */
  readonly expiresAt: string;
}

/** One live connection of one instance. */
export interface Session {
  /**
   * Resolves when the platform has the message (or, where it never says, when the bytes left).
   * @throws SEND_REJECTED (not sent, will not be), SEND_RESTRICTED (the same, and the platform lets the
   *   account begin no chat at the moment), SESSION_CLOSED (not sent, may be retried),
   *   SEND_OUTCOME_UNKNOWN (nobody knows)
   */
  send(message: OutboxMessage, signal: AbortSignal): Promise<Sent>;
  /** Ends the connection and everything it holds; idempotent; no `report` follows. With `logout` the platform is told to unlink. */
  close(options?: { readonly logout?: boolean }): Promise<void>;
  /**
   * Gives a code that links the account of `phone` (digits with the country code) when it is typed into
   * that phone. Resolves when the platform knows the code; a new one replaces the one before. There
   * exactly when `capabilities.pairing` has "code".
   * @throws VALIDATION_FAILED (phone, or a chosen code, is none of the platform), CHALLENGE_UNAVAILABLE
   *   (paired already, or the platform refuses), SESSION_CLOSED (ask the next session), ABORTED
   */
  requestPairingCode?(phone: string, options: PairingCodeOptions): Promise<PairingCode>;
  /** Exactly what `capabilities.operations` names. */
  readonly operations?: SessionOperations;
  /**
   * Takes changed settings over, as `parseSettings` gave them. Absent: as if it always said `reopen`.
   * @returns `reopen` when only a new session can have them
   */
  applySettings?(settings: unknown): Promise<"applied" | "reopen">;
  /**
   * The bytes of a medium that came in, from the platform. What has to be known for it the session keeps
   * as a session key that was committed with the message.
   * @param mediaId as in `IncomingMedia`
   * @throws MEDIA_NOT_FOUND (never heard of, or forgotten), MEDIA_EXPIRED (the platform has it no more),
   *   SESSION_CLOSED
   */
  openMedia?(mediaId: string, signal: AbortSignal): Promise<Readable>;
  /**
   * The chat that an address really leads to, where the platform knows it under another one: phone
   * numbers with and without Brazil's ninth digit. Asked before a message is taken over, while connected.
   */
  resolveChat?(chatId: string, signal: AbortSignal): Promise<string>;
  /**
   * Resolves when what was posted is durable. There exactly when `capabilities.push`.
   * @throws PUSH_REFUSED (it cannot prove that it comes from the platform), SESSION_CLOSED
   */
  takePush?(push: Push): Promise<void>;
  /** What proves that it is alive; `NO_EVIDENCE` once it is closed. Asked often: it costs nothing and never waits. */
  evidence(): SessionEvidence;
  /** The library's own client, for what Orquesta does not offer. */
  readonly native: unknown;
}
