import { type WaitOptions, waitFor } from "../error/abort.ts";

/** Those who wait for something to become true. */
export class Watchers {
  readonly #watchers = new Set<() => void>();

  /** Something may have changed: everybody looks again. */
  notify(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /**
   * Waits until `reached`, asked now and after every `notify`. What it throws ends the wait.
   * @throws TIMED_OUT, ABORTED, what `reached` throws
   */
  async until(reached: () => boolean, what: string, options: WaitOptions): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const watcher = () => {
      try {
        if (reached()) resolve();
      } catch (error) {
        reject(error);
      }
    };
    this.#watchers.add(watcher);
    try {
      watcher();
      await waitFor(promise, what, options);
    } finally {
      this.#watchers.delete(watcher);
    }
  }
}
