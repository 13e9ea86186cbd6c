/**
 * How long WhatsApp Web may take on its way to `ready` without a sign of progress: the library says
 * nothing when it got stuck there.
 */
export class ReadyDeadline {
  readonly #timeoutMs: number;
  readonly #onMissed: () => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(timeoutMs: number, onMissed: () => void) {
    this.#timeoutMs = timeoutMs;
    this.#onMissed = onMissed;
  }

  get isRunning(): boolean {
    return this.#timer !== null;
  }

  begin(): void {
    this.end();
    this.#timer = setTimeout(this.#onMissed, this.#timeoutMs).unref();
  }

  /** There was progress. */
  extend(): void {
    if (this.isRunning) this.begin();
  }

  end(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
