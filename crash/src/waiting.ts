/** How often something is looked at. */
export const TICK_MS = 25;

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** @returns whether it was reached in time */
export async function untilOr(reached: () => boolean, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (!reached()) {
    if (Date.now() > deadline) return false;
    await pause(TICK_MS);
  }
  return true;
}

export async function until(reached: () => boolean, ms: number, what: string): Promise<void> {
  if (!(await untilOr(reached, ms))) throw new Error(`${what} took too long`);
}
