import type { WaitOptions } from "../error/abort.ts";
import { OrquestaError } from "../error/orquesta-error.ts";

/** Work that may take minutes, such as a backup or reading a medium: closing cuts it off and waits for its end. */
export class LongWork {
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  /**
   * @param work heeds the signal that it is given
   * @throws MANAGER_CLOSED when it was cut off, what `work` throws
   */
  async run<T>(
    { signal, ...wait }: WaitOptions,
    work: (wait: WaitOptions & { readonly signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const { signal: closing } = this.#closing;
    if (closing.aborted) throw closed();
    const running = work({
      ...wait,
      signal: signal ? AbortSignal.any([signal, closing]) : closing,
    });
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      throw closing.aborted ? closed(error) : error;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#running);
  }
}

function closed(cause?: unknown): OrquestaError {
  return new OrquestaError("MANAGER_CLOSED", "the manager is closed", { cause });
}
