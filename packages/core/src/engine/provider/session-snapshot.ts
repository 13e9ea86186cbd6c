import type { Contact } from "../message/contact.ts";

export interface SnapshotKey {
  readonly type: string;
  readonly id: string;
  readonly value: Uint8Array;
  /** Unix ms after which the key may be erased by itself; null: kept. */
  readonly expiresAt: number | null;
}

/** A paired session outside of an engine: all that an instance needs to resume it. A secret. */
export interface SessionSnapshot {
  /** Id of the provider whose session it is. */
  readonly provider: string;
  readonly account: Contact | null;
  readonly keys: readonly SnapshotKey[];
}
