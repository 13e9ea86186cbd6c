/** One order after the other; one that fails does not stop the next. */
export class OrderQueue {
  readonly #onFailure: (error: unknown) => void;
  #last: Promise<unknown> = Promise.resolve();

  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** @throws what `work` throws, which `onFailure` hears too */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(this.#onFailure);
    return done;
  }

  /** What goes wrong is for `onFailure` alone. */
  async runUnheard(work: () => Promise<unknown>): Promise<void> {
    await this.run(work).catch(() => {});
  }
}
