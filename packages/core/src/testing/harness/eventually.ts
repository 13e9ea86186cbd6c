import { setImmediate } from "node:timers/promises";

type Falsy = false | null | undefined | 0 | "";

/** Generous: a machine under load is no failure. */
const DEADLINE_MS = 60_000;

/**
 * Asks again and again until `probe` gives something truthy, also under fake timers.
 * @throws with what was seen last, when that takes too long
 */
export async function eventually<T>(
  probe: () => T | Falsy | Promise<T | Falsy>,
  what = "what the test waits for",
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const seen = await probe();
    if (seen) return seen;
    if (performance.now() > end) throw new Error(`${what} did not happen in ${deadlineMs} ms`);
    await setImmediate();
  }
}

/** Lets everything happen that is under way, to see that something does not. */
export async function quiet(turns = 100): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
}
