import { z } from "zod";
import { parse } from "../error/parse.ts";
import type { JournalEvent } from "../event/instance-event.ts";

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** The platform lets the account begin no chats. */
const restrictionSchema = z.object({
  /** Unix ms. */
  since: z.number(),
  /** Unix ms; then one new chat is tried. */
  until: z.number(),
  /** How often in a row it was restricted. */
  times: z.number(),
});

export type Restriction = z.output<typeof restrictionSchema>;

/** A restriction as callers see it. */
export interface RestrictionView {
  readonly restriction: "new_chats";
  /** ISO 8601. */
  readonly since: string;
  /** ISO 8601; then one new chat is tried, and the restriction ends if the platform takes it. */
  readonly until: string;
}

/** Until when it holds where the platform does not say: a day, doubled with every repeat, a week at most. */
export function assumedEnd(previous: Restriction | null, now: number): number {
  return now + Math.min(DAY_MS * 2 ** (previous?.times ?? 0), WEEK_MS);
}

/** What holds after an event; `previous` where the event is about something else. */
export function restrictionAfter(
  previous: Restriction | null,
  event: JournalEvent,
): Restriction | null {
  if (event.name === "account.unrestricted") return null;
  if (event.name !== "account.restricted") return previous;
  const { data } = event;
  const now = Date.parse(event.occurredAt);
  const holds = previous !== null && now < previous.until;
  const until = data.until === null ? assumedEnd(previous, now) : Date.parse(data.until);
  return {
    since: previous?.since ?? now,
    until,
    times: holds ? previous.times : (previous?.times ?? 0) + 1,
  };
}

export function toRestrictionView({ since, until }: Restriction): RestrictionView {
  return {
    restriction: "new_chats",
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
  };
}

/** Parser of what the database has. */
export function parseRestriction(stored: string | null): Restriction | null {
  return stored === null
    ? null
    : parse(restrictionSchema, JSON.parse(stored), "stored restriction");
}
