import type { Logger } from "../log/logger.ts";

/** Does one step after the other. One that fails is logged, and keeps the next from nothing. */
export async function endInOrder(
  logger: Logger,
  steps: readonly (() => Promise<unknown>)[],
): Promise<void> {
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      logger.error("a part of the engine could not be closed", { error });
    }
  }
}
