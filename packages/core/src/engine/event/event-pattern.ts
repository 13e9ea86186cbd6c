import { DURABLE_EVENT_NAMES, type DurableEventName } from "./event-map.ts";

/**
 * `message.*` and its like: every durable event about that subject. Ephemeral ones may hold secrets, so
 * they are asked for by name only.
 */
export const EVENT_PATTERNS: readonly string[] = [
  ...new Set(DURABLE_EVENT_NAMES.map((name) => `${name.split(".")[0]}.*`)),
];

/** The durable events that a name or a pattern stands for; none when it is neither. */
export function durableEventsOf(pattern: string): readonly DurableEventName[] {
  if (!pattern.endsWith(".*")) return DURABLE_EVENT_NAMES.filter((name) => name === pattern);
  return DURABLE_EVENT_NAMES.filter((name) => name.startsWith(pattern.slice(0, -1)));
}
