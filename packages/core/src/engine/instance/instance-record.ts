import type { InstanceRow } from "../database/schema.ts";
import {
  INSTANCE_STATUSES,
  type InstanceStatus,
  STATUS_REASONS,
  type StatusReason,
} from "../event/instance-status.ts";
import type { Contact } from "../message/contact.ts";
import { type PacingChanges, parsePacing } from "../pacing/pacing.ts";
import { parseRestriction, type Restriction, toRestrictionView } from "../pacing/restriction.ts";
import type { SessionEvidence } from "../provider/session-evidence.ts";
import type { InstanceView } from "./instance-view.ts";

/** An instance as its supervisor holds it. */
export interface InstanceRecord {
  readonly id: string;
  readonly name: string;
  readonly companyId: string | null;
  readonly provider: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly desired: "running" | "stopped" | "removed";
  readonly generation: number;
  readonly observedGeneration: number;
  /** The keys are to be erased when the instance has stopped. */
  readonly forgetKeys: boolean;
  readonly status: InstanceStatus;
  readonly reason: StatusReason | null;
  readonly paired: boolean;
  readonly account: Contact | null;
  /** What differs from the pacing of the manager. */
  readonly pacing: PacingChanges | null;
  readonly restriction: Restriction | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Everything but the sealed settings. */
export type StoredInstance = Omit<InstanceRow, "settings" | "erased_event_id">;

export function toRecord(row: StoredInstance): InstanceRecord {
  return {
    id: row.id,
    name: row.name,
    companyId: row.company_id === "" ? null : row.company_id,
    provider: row.provider,
    metadata: JSON.parse(row.metadata),
    desired: row.desired,
    generation: row.generation,
    observedGeneration: row.observed_generation,
    forgetKeys: row.forget_keys === 1,
    status: INSTANCE_STATUSES.find((status) => status === row.status) ?? "failed",
    reason: STATUS_REASONS.find((reason) => reason === row.reason) ?? null,
    paired: row.paired === 1,
    account: row.account === null ? null : JSON.parse(row.account),
    pacing: parsePacing(row.pacing),
    restriction: parseRestriction(row.restriction),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** @param evidence of the open session; null when there is none */
export function toView(record: InstanceRecord, evidence: SessionEvidence | null): InstanceView {
  return {
    id: record.id,
    name: record.name,
    companyId: record.companyId,
    provider: record.provider,
    status: record.status,
    reason: record.reason,
    desired: record.desired === "running" ? "running" : "stopped",
    paired: record.paired,
    account: record.account,
    lastSeenAt: toIso(evidence?.lastSeenAt),
    evidence: evidence && {
      lastPingAt: toIso(evidence.lastPingAt),
      pingRoundTripMs: evidence.pingRoundTripMs,
      lastAckAt: toIso(evidence.lastAckAt),
    },
    restrictions: record.restriction ? [toRestrictionView(record.restriction)] : [],
    metadata: record.metadata,
    createdAt: new Date(record.createdAt).toISOString(),
    updatedAt: new Date(record.updatedAt).toISOString(),
  };
}

function toIso(unixMs: number | null | undefined): string | null {
  return typeof unixMs === "number" ? new Date(unixMs).toISOString() : null;
}
