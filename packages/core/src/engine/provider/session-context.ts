import type { Readable } from "node:stream";
import type { DurableEvent, EphemeralEvent } from "../event/instance-event.ts";
import type { Logger } from "../log/logger.ts";
import type { MediaReference } from "../message/media-reference.ts";
import type { SessionChange } from "./session-change.ts";
import type { KeyChange, SessionKeys } from "./session-keys.ts";

export interface Change {
  readonly events?: readonly DurableEvent[];
  readonly keys?: readonly KeyChange[];
}

/** The media that messages of ours carry. */
export interface KeptMedia {
  /** Whoever opens it reads it to its end or destroys it. @throws MEDIA_NOT_FOUND */
  open(media: MediaReference): Promise<Readable>;
}

/** What the engine gives to a session. It stays valid until the session is closed. */
export interface SessionContext<Settings> {
  readonly instanceId: string;
  readonly settings: Settings;
  readonly keys: SessionKeys;
  readonly media: KeptMedia;
  /** Fires when the session has to end: stop, close of the manager, loss of the lease. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /**
   * Durable: events and keys are on disk together when it resolves, or neither is. Tell the platform
   * "received" only afterwards. Commits of one session take effect in the order of the calls.
   * @throws FENCE_LOST when another owner took the instance, DATABASE_FAILED when nothing was stored
   */
  commit(change: Change): Promise<void>;
  /** In memory, at most once: for what is worth nothing a minute later. */
  emit(event: EphemeralEvent): void;
  /** Tells the supervisor how the connection stands. After `closed` nothing else may be reported. */
  report(change: SessionChange): void;
}
