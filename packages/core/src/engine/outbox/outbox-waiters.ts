import { type WaitOptions, waitFor } from "../error/abort.ts";

/** Callers that wait until a message is settled. */
export class OutboxWaiters {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Waits for the next `settled` of this message. @throws TIMED_OUT, ABORTED */
  async wait(outboxId: string, options: WaitOptions): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(outboxId) ?? new Set();
    this.#waiting.set(outboxId, waiting.add(resolve));
    try {
      await waitFor(promise, "sending the message", options);
    } finally {
      waiting.delete(resolve);
      if (waiting.size === 0) this.#waiting.delete(outboxId);
    }
  }

  settled(outboxId: string): void {
    for (const resolve of this.#waiting.get(outboxId) ?? []) resolve();
  }
}
