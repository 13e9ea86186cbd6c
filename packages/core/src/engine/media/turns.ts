/** So many at a time; the others wait for their turn. */
export class Turns {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  /** @throws the signal's reason while it waits, what `work` throws */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#turn(signal);
    try {
      return await work();
    } finally {
      this.#free += 1;
      const [next] = this.#waiting;
      next?.();
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free === 0) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const take = () => {
        this.#waiting.delete(take);
        this.#free -= 1;
        resolve();
      };
      const leave = () => {
        if (this.#waiting.delete(take)) reject(signal.reason);
      };
      this.#waiting.add(take);
      signal.addEventListener("abort", leave, { once: true });
      return promise.finally(() => signal.removeEventListener("abort", leave));
    }
    this.#free -= 1;
  }
}
