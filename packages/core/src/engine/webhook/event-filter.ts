import { z } from "zod";
import { DURABLE_EVENT_NAMES, type DurableEventName } from "../event/event-map.ts";

/** `message.*` and its like: every event about that subject. */
const PATTERNS = [...new Set(DURABLE_EVENT_NAMES.map((name) => `${name.split(".")[0]}.*`))];
const LEGAL: readonly string[] = [...DURABLE_EVENT_NAMES, ...PATTERNS];

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
  if (filter === null) return new Set(DURABLE_EVENT_NAMES);
  return new Set(
    DURABLE_EVENT_NAMES.filter(
      (name) => filter.includes(name) || filter.includes(`${name.split(".")[0]}.*`),
    ),
  );
}
