import { reconnectDelayMs, STABLE_AFTER_MS } from "./reconnect-policy.ts";

const MAX_RETRY_AFTER_MS = 3_600_000;

/** When a lost session is opened again. Holds a timer only while it waits. */
export class Reconnection {
  #attempt = 0;
  #connectedAt = 0;
  #timer: NodeJS.Timeout | null = null;

  connected(): void {
    this.#connectedAt = Date.now();
  }

  /** Somebody asks for a session now: the next loss begins with the shortest wait. */
  reset(): void {
    this.#attempt = 0;
  }

  /**
   * Calls `open` after the wait that this loss deserves.
   * @param retryAfterMs the platform wants to be left alone for so long; heeded up to an hour
   */
  schedule(
    open: () => void,
    retryAfterMs = 0,
  ): { readonly attempt: number; readonly delayMs: number } {
    const stable = this.#connectedAt > 0 && Date.now() - this.#connectedAt >= STABLE_AFTER_MS;
    this.#attempt = stable ? 1 : this.#attempt + 1;
    this.#connectedAt = 0;
    // Added to the wait, so that those who were sent away together do not come back together.
    const delayMs = reconnectDelayMs(this.#attempt) + Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
    this.cancel();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      open();
    }, delayMs);
    return { attempt: this.#attempt, delayMs };
  }

  cancel(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
