import { z } from "zod";
import { DURABLE_EVENT_NAMES, type DurableEventName } from "../event/event-map.ts";
import { durableEventsOf, EVENT_PATTERNS } from "../event/event-pattern.ts";

const LEGAL: readonly string[] = [...DURABLE_EVENT_NAMES, ...EVENT_PATTERNS];

/** Names of durable events and patterns such as `message.*`; repeats count once. */
export const eventFilterSchema = z
  .array(
    z.string().refine((name) => LEGAL.includes(name), `is no event; there are ${LEGAL.join(", ")}`),
  )
  .min(1, "names at least one event; leave it out for all")
  .max(100)
  .transform((names) => [...new Set(names)]);

/** The events that a filter lets pass. Null lets all pass, those of later versions too. */
export function eventsOf(filter: readonly string[] | null): ReadonlySet<DurableEventName> {
  return new Set(filter === null ? DURABLE_EVENT_NAMES : filter.flatMap(durableEventsOf));
}
