import type { StatusReason } from "../event/instance-status.ts";
import type { Contact } from "../message/contact.ts";

/** How a session that closed by itself should go on. */
export type Afterwards =
  /** Open a new session at once: the platform asked for it. */
  | "restart"
  /** The line was lost: open again with backoff. */
  | "reconnect"
  /** Somebody must do something first; the keys stay. */
  | "fail"
  /** Pairing was not done in time; the instance stops. */
  | "stop"
  /** The account was logged out: the keys are worthless. */
  | "log_out";

/** What a session tells its supervisor. The supervisor derives the status from it and journals it. */
export type SessionChange =
  | { readonly state: "pairing" }
  | { readonly state: "authenticating" }
  | { readonly state: "connected"; readonly account: Contact }
  | {
      readonly state: "closed";
      readonly afterwards: Afterwards;
      readonly reason: StatusReason;
      /** With `reconnect`: the platform asked not to be tried again before, ms from now. */
      readonly retryAfterMs?: number;
      readonly cause?: unknown;
    };
