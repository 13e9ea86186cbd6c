const FIRST_MS = 1000;
const MAX_MS = 60_000;
/** A connection that lasted this long was a good one: the next loss begins with the shortest wait. */
export const STABLE_AFTER_MS = 60_000;

/**
 * Exponential backoff with full jitter in its upper half, so that what was lost together does not come
 * back together.
 * @param attempt 1 for the first try after a loss
 */
export function reconnectDelayMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(FIRST_MS * 2 ** Math.min(attempt - 1, 16), MAX_MS);
  return Math.round(ceiling / 2 + (ceiling / 2) * random());
}
