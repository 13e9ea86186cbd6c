import { z } from "zod";
import {
  DURABLE_EVENT_NAMES,
  EPHEMERAL_EVENT_NAMES,
  type EphemeralEventName,
  type EventName,
} from "../event/event-map.ts";

const LEGAL: readonly string[] = [...DURABLE_EVENT_NAMES, ...EPHEMERAL_EVENT_NAMES];

function isEventName(name: string): name is EventName {
  return LEGAL.includes(name);
}

/** Names of events, as callers without types may have them. */
export const eventNamesSchema = z
  .array(z.string().refine(isEventName, `is no event; there are ${LEGAL.join(", ")}`))
  .min(1, "names at least one event; leave it out for all")
  .max(100);

/** What of the journal, and of what is never stored, somebody wants to see. */
export class EventFilter {
  /** Null: every durable event. */
  readonly #names: ReadonlySet<string> | null;
  readonly #companyId: string | null;

  constructor(names: readonly EventName[] | undefined, companyId: string | undefined) {
    this.#names = names ? new Set(names) : null;
    this.#companyId = companyId ?? null;
  }

  passes(name: string, companyId: string | null): boolean {
    if (this.#companyId !== null && companyId !== this.#companyId) return false;
    return this.#names === null || this.#names.has(name);
  }

  /** They may hold secrets, so only those that are asked for by name. */
  get ephemeralNames(): readonly EphemeralEventName[] {
    return EPHEMERAL_EVENT_NAMES.filter((name) => this.#names?.has(name));
  }
}
