import type { EventName } from "../event/event-map.ts";
import type { IncomingKind } from "../message/incoming-content.ts";
import type { OutgoingKind } from "../message/outgoing-content.ts";
import type { OperationName } from "./operations/operations.ts";

/** What is longer or larger is refused before anything is sent. */
export interface CapabilityLimits {
  /** In UTF-16 code units. */
  readonly textLength: number;
  readonly captionLength: number;
  /** Of one medium that is sent, in bytes. */
  readonly mediaBytes: number;
}

/** What a provider can do, declared before any session exists; a conformance suite keeps it honest. */
export interface Capabilities {
  readonly outgoing: readonly OutgoingKind[];
  /** What incoming messages are told as; all others come as `unsupported`. */
  readonly incoming: readonly IncomingKind[];
  /** Events that it tells besides `message.received`, `message.sent`, `message.updated` and the instance's own. */
  readonly events: readonly EventName[];
  readonly operations: readonly OperationName[];
  /**
   * How buttons and lists are shown. `numbered`: as a text with numbers, whose answer the engine maps
   * back to the choice; such a provider never gets to see them.
   */
  readonly menus: "native" | "numbered";
  readonly limits: CapabilityLimits;
  /** Whether updates of an instance may be posted to it: `manager.push`. */
  readonly push: boolean;
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
