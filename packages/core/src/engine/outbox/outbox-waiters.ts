import { type WaitOptions, waitFor } from "../error/abort.ts";

interface Waiter {
  readonly instanceId: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Callers that wait until a message is settled. */
export class OutboxWaiters {
  readonly #waiting = new Map<string, Set<Waiter>>();

  /** Waits for the next `settled` of this message. @throws TIMED_OUT, ABORTED */
  async wait(instanceId: string, outboxId: string, options: WaitOptions): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { instanceId, resolve, reject };
    const waiting = this.#waiting.get(outboxId) ?? new Set();
    this.#waiting.set(outboxId, waiting.add(waiter));
    try {
      await waitFor(promise, "sending the message", options);
    } finally {
      waiting.delete(waiter);
      if (waiting.size === 0) this.#waiting.delete(outboxId);
    }
  }

  settled(outboxId: string): void {
    for (const { resolve } of this.#waiting.get(outboxId) ?? []) resolve();
  }

  /** Ends the waits for messages of an instance that this node does not run any more. */
  end(instanceId: string, error: Error): void {
    for (const waiting of this.#waiting.values()) {
      for (const waiter of waiting) if (waiter.instanceId === instanceId) waiter.reject(error);
    }
  }
}
