export interface Pulsed {
  /** Called over and over; never waits and never throws. */
  pulse(): void;
}

/** One timer for all sessions of a provider; none while there is no session. */
export class PulseWheel {
  readonly #intervalMs: number;
  readonly #pulsed = new Set<Pulsed>();
  #timer: NodeJS.Timeout | null = null;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  add(one: Pulsed): void {
    this.#pulsed.add(one);
    this.#timer ??= setInterval(() => this.#turn(), this.#intervalMs).unref();
  }

  delete(one: Pulsed): void {
    this.#pulsed.delete(one);
    if (this.#pulsed.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #turn(): void {
    for (const one of this.#pulsed) one.pulse();
  }
}
