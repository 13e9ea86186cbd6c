import { setTimeout as pause } from "node:timers/promises";

const INTERVAL_MS = 25;

/** Asks again and again until there is an answer. @throws naming what did not come in time */
export async function pollUntil<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await pause(INTERVAL_MS);
  }
}
