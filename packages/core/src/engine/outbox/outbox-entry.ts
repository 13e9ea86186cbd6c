import type { Selectable } from "kysely";
import type { OutboxRow } from "../database/schema.ts";
import { MESSAGE_STATUSES, type MessageStatus } from "../message/message-status.ts";
import { type OutboxContent, parseOutboxContent } from "../message/outgoing-content.ts";
import { type OutboxView, WAITING_REASONS, type WaitingReason } from "./outbox-view.ts";

/** A message that we owe to the platform, as stored. */
export interface OutboxEntry {
  /** Order of acceptance. */
  readonly seq: number;
  readonly id: string;
  readonly instanceId: string;
  readonly chatId: string;
  readonly messageId: string;
  readonly content: OutboxContent;
  readonly status: MessageStatus;
  readonly attempt: number;
  readonly waitsFor: WaitingReason | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly createdAt: number;
  readonly sentAt: number | null;
}

export function toEntry(row: Selectable<OutboxRow>): OutboxEntry {
  return {
    seq: row.seq,
    id: row.id,
    instanceId: row.instance_id,
    chatId: row.chat_id,
    messageId: row.message_id,
    content: parseOutboxContent(JSON.parse(row.content)),
    status: MESSAGE_STATUSES.find((status) => status === row.status) ?? "failed",
    attempt: row.attempt,
    waitsFor: WAITING_REASONS.find((reason) => reason === row.waits_for) ?? null,
    error:
      row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? "" },
    createdAt: row.created_at,
    sentAt: row.sent_at,
  };
}

export function toView(entry: OutboxEntry, repeated: boolean): OutboxView {
  return {
    id: entry.id,
    instanceId: entry.instanceId,
    chatId: entry.chatId,
    messageId: entry.messageId,
    status: entry.status,
    waitsFor: entry.status === "queued" ? entry.waitsFor : null,
    error: entry.error,
    createdAt: new Date(entry.createdAt).toISOString(),
    sentAt: entry.sentAt === null ? null : new Date(entry.sentAt).toISOString(),
    repeated,
  };
}
