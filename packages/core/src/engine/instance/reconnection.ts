import { reconnectDelayMs, STABLE_AFTER_MS } from "./reconnect-policy.ts";

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

  /** Calls `open` after the wait that this loss deserves. */
  schedule(open: () => void): { readonly attempt: number; readonly delayMs: number } {
    const stable = this.#connectedAt > 0 && Date.now() - this.#connectedAt >= STABLE_AFTER_MS;
    this.#attempt = stable ? 1 : this.#attempt + 1;
    this.#connectedAt = 0;
    const delayMs = reconnectDelayMs(this.#attempt);
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
