import type { InstanceStatus, StatusReason } from "../event/instance-status.ts";
import type { Contact } from "../message/contact.ts";
import type { RestrictionView } from "../pacing/restriction.ts";

export type DesiredState = "running" | "stopped";

/** An instance as callers and dialects see it. Holds no secret: settings and keys stay inside. */
export interface InstanceView {
  readonly id: string;
  /** Unique in its company; the id unless one was given. */
  readonly name: string;
  readonly companyId: string | null;
  readonly provider: string;
  readonly status: InstanceStatus;
  readonly reason: StatusReason | null;
  readonly desired: DesiredState;
  /** Whether session keys of a paired account exist. */
  readonly paired: boolean;
  /** The account of the last session; null before the first pairing. */
  readonly account: Contact | null;
  /** Last sign of life from the platform, ISO 8601; null when no session is open. */
  readonly lastSeenAt: string | null;
  /** What else proves that the session is alive; null when none is open. */
  readonly evidence: Evidence | null;
  /** What the platform forbids the account at the moment; empty: nothing that is known. */
  readonly restrictions: readonly RestrictionView[];
  /** What the creator wanted remembered, as given. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Proofs of one session. null: it has not happened on this session, or its provider cannot tell. */
export interface Evidence {
  /** When the platform last answered a question such as a ping, ISO 8601. */
  readonly lastPingAt: string | null;
  /** How long that answer took, ms. */
  readonly pingRoundTripMs: number | null;
  /** When the platform last confirmed a message that was sent, ISO 8601. */
  readonly lastAckAt: string | null;
}

export interface LogLine {
  readonly at: string;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  /** The part of Orquesta that wrote it, such as `supervisor` or `baileys`. */
  readonly source: string;
}

/** The current key of an instance. */
export interface InstanceKeyView {
  readonly id: string;
  readonly key: string;
  readonly generatedAt: string;
  readonly lastUsedAt: string | null;
  readonly usageCount: number;
}

/** One of the keys that open an instance, without the key itself. */
export interface ListedInstanceKey extends Omit<InstanceKeyView, "key"> {
  /** The last four characters of the key. */
  readonly lastFour: string;
  /** ISO 8601; null for the current key, which does not end by itself. */
  readonly expiresAt: string | null;
}
