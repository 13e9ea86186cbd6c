import { z } from "zod";
import { parse } from "../error/parse.ts";

const MAX_GAP_MS = 3_600_000;

const pacingSchema = z.strictObject({
  /** Least time between two messages of the instance, ms. */
  gapMs: z.int().min(0).max(MAX_GAP_MS),
  /** Up to so much is added to each gap, at random, ms. */
  jitterMs: z.int().min(0).max(MAX_GAP_MS),
  /** How long "typing…" is shown before a text, ms for each of its characters; 0: not at all. */
  typingMsPerCharacter: z.number().min(0).max(1000),
  /** At the most, ms. */
  maxTypingMs: z.int().min(0).max(60_000),
  /** Chats that the account may begin within any hour; what is more waits. null: no limit. */
  newChatsPerHour: z.int().min(0).max(1_000_000).nullable(),
  /** The same within any 24 hours. */
  newChatsPerDay: z.int().min(0).max(1_000_000).nullable(),
});

/** How fast an instance sends. */
export type Pacing = z.output<typeof pacingSchema>;

/** That of the instances of a provider which have none of their own. */
export type PacingOf = (providerId: string) => Pacing;

/** What becomes different; the rest stays. */
export const pacingChangesSchema = pacingSchema.partial();
export type PacingChanges = z.output<typeof pacingChangesSchema>;

/** As fast as the platform takes it. */
export const NO_PACING: Pacing = {
  gapMs: 0,
  jitterMs: 0,
  typingMsPerCharacter: 0,
  maxTypingMs: 10_000,
  newChatsPerHour: null,
  newChatsPerDay: null,
};

/** @returns `pacing` with what the changes name */
export function changePacing(pacing: Pacing, changes: PacingChanges | null): Pacing {
  const named = Object.entries(changes ?? {}).filter(([, value]) => value !== undefined);
  return pacingSchema.parse({ ...pacing, ...Object.fromEntries(named) });
}

/** Parser of what the database has. */
export function parsePacing(stored: string | null): PacingChanges | null {
  return stored === null ? null : parse(pacingChangesSchema, JSON.parse(stored), "stored pacing");
}
