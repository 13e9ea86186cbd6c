import { z } from "@hono/zod-openapi";
import {
  DURABLE_EVENT_NAMES,
  durableEventsOf,
  EPHEMERAL_EVENT_NAMES,
  EVENT_PATTERNS,
  type EventName,
} from "@orquesta/core";
import { iso, success } from "./common.ts";

const NAMES = [...DURABLE_EVENT_NAMES, ...EPHEMERAL_EVENT_NAMES] as const;
const LEGAL = [...NAMES, ...EVENT_PATTERNS].join(", ");

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

function namesOf(pattern: string): readonly EventName[] {
  return [...durableEventsOf(pattern), ...EPHEMERAL_EVENT_NAMES.filter((name) => name === pattern)];
}

const eventFilter = z
  .string()
  .max(2000)
  .transform((text, context) => {
    const wanted = text.split(",").map((item) => item.trim());
    const unknown = wanted.filter((pattern) => namesOf(pattern).length === 0);
    if (unknown.length > 0) context.addIssue(`must be one or more of ${LEGAL}`);
    return [...new Set(wanted.flatMap(namesOf))];
  });

const position = z
  .string()
  .regex(
    /^(\d{1,15}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i,
    "must be the id of an event, or the number of one of this instance",
  )
  .transform((text) => (text.includes("-") ? text : Number(text)));

const events = eventFilter.optional().openapi({
  type: "string",
  example: "message.received,instance.*",
  description:
    "Names with commas between; message.* and its like. All that are stored when not given",
});
const ticket = z.string().max(100).optional().openapi({
  description: "From POST …/events/tickets, for clients that can send no header",
});
const after = position.optional().openapi({
  type: "string",
  description: "Behind which event: its id, or its number in the instance",
});

export const socketQuerySchema = z.object({ events, after, last_event_id: after, ticket });

export const eventsQuerySchema = socketQuerySchema.extend({
  limit: z
    .string()
    .regex(/^\d{1,6}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1).max(MAX_LIMIT))
    .optional()
    .openapi({ type: "integer", minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT }),
});

export const eventHeadersSchema = z.object({
  // Browsers send an empty one when they have none.
  "last-event-id": position.or(z.literal("").transform(() => undefined)).optional(),
});

const eventSchema = z
  .object({
    id: z.string().nullable(),
    name: z.enum(NAMES),
    instance_id: z.string(),
    number: z.int().nullable(),
    chat_id: z.string().nullable(),
    occurred_at: iso,
    data: z.unknown(),
  })
  .openapi("Event");

export const eventsAnswerSchema = z.object({
  success,
  data: z.array(eventSchema),
  next: z.union([z.string(), z.int()]).nullable(),
  has_more: z.boolean(),
});

export const ticketAnswerSchema = z.object({
  success,
  data: z.object({ ticket: z.string(), expires_at: iso }),
});

export const TICKET_EXAMPLE = {
  ticket: "Jk0Vt0yG5q8nJ3m1Zr0c4bQ2xUeHfWlS9aPpOoIiUuY",
  expires_at: "2024-01-01T12:01:00.000Z",
};
