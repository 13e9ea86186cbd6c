import type { EventPage, StreamedEvent } from "@orquesta/core";

/** An event in this dialect: everything in snake_case. What is not stored has no id to come back with. */
export function presentEvent(event: StreamedEvent) {
  const isStored = event.number !== null;
  return {
    id: isStored ? event.id : null,
    name: event.name,
    instance_id: event.instanceId,
    number: event.number,
    chat_id: isStored ? event.chatId : null,
    occurred_at: event.occurredAt,
    data: toSnakeCase(event.data),
  };
}

export function presentPage({ events, next, hasMore }: EventPage) {
  return { success: true as const, data: events.map(presentEvent), next, has_more: hasMore };
}

/** Names of fields are the engine's own; no event has a map with keys of somebody else's. */
function toSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnakeCase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      toSnakeCase(field),
    ]),
  );
}
