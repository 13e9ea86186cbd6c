/**
 * A signal that fires with another one, or when the time is over. Whoever makes it ends it: then it leaves
 * no timer and no listener, where those of `AbortSignal.timeout` stay until their time has come.
 */
export class Deadline {
  readonly #over = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  #isMissed = false;

  constructor(timeoutMs: number, outer?: AbortSignal) {
    this.#outer = outer;
    this.#timer = setTimeout(() => {
      this.#isMissed = true;
      this.#over.abort(new DOMException(`took longer than ${timeoutMs} ms`, "TimeoutError"));
    }, timeoutMs);
    outer?.addEventListener("abort", this.#onOuter, { once: true });
    if (outer?.aborted) this.#onOuter();
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Whether it was the time that fired it. */
  get isMissed(): boolean {
    return this.#isMissed;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#onOuter);
  }

  readonly #onOuter = (): void => {
    this.end();
    this.#over.abort(this.#outer?.reason);
  };
}
