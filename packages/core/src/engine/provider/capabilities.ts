import type { OutgoingKind } from "../message/outgoing-content.ts";

/** What a provider can do, declared before any session exists; a conformance suite keeps it honest. */
export interface Capabilities {
  readonly outgoing: readonly OutgoingKind[];
  readonly pairing: readonly ("qr" | "code")[];
  /**
   * `at_least_once`: the platform is told "received" only after the journal has the message.
   * `best_effort`: the library acknowledges by itself.
   */
  readonly inbound: "at_least_once" | "best_effort";
  /**
   * `same_id`: we choose the message id and the peer drops a repeat, so a lost answer is asked again.
   * `ambiguous`: the platform chooses the id; a lost answer ends as `unconfirmed`.
   */
  readonly resend: "same_id" | "ambiguous";
  /**
   * A live session hears something from its platform at least this often, ms; one that stays silent for
   * longer is given up. null: its sessions cannot tell, and are never given up for their silence.
   */
  readonly maxSilenceMs: number | null;
  /** Whether session keys may move to another node. */
  readonly portable: boolean;
}
