import type { EventRow } from "../database/schema.ts";
import type { JournalEvent } from "../event/instance-event.ts";

export function toRow(event: JournalEvent): EventRow {
  return {
    instance_id: event.instanceId,
    number: event.number,
    id: event.id,
    name: event.name,
    chat_id: event.chatId,
    occurred_at: Date.parse(event.occurredAt),
    data: JSON.stringify(event.data),
  };
}

/** The journal only holds what `toRow` wrote. */
export function fromRow(row: EventRow): JournalEvent {
  return {
    id: row.id,
    instanceId: row.instance_id,
    number: row.number,
    occurredAt: new Date(row.occurred_at).toISOString(),
    chatId: row.chat_id,
    name: row.name,
    data: JSON.parse(row.data),
  } as JournalEvent;
}
