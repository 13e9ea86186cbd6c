/** Runs one piece of work at a time, in the order of the calls. */
export class Lock {
  #tail: Promise<void> | null = null;

  async run<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#tail;
    const { promise: done, resolve } = Promise.withResolvers<void>();
    this.#tail = done;
    if (before !== null) await before;
    try {
      return await work();
    } finally {
      if (this.#tail === done) this.#tail = null;
      resolve();
    }
  }

  get idle(): boolean {
    return this.#tail === null;
  }
}
