/** A list that forgets its oldest entries, so that a long run does not grow without end. */
export class BoundedLog<T> {
  readonly #limit: number;
  readonly #onForget: ((entry: T) => void) | undefined;
  #entries: T[] = [];

  constructor(limit: number, onForget?: (entry: T) => void) {
    this.#limit = Math.max(1, limit);
    this.#onForget = onForget;
  }

  get entries(): readonly T[] {
    return this.#entries;
  }

  push(entry: T): void {
    this.#entries.push(entry);
    // Cutting once per quarter keeps the cost per entry constant: shift() on a long array is not.
    if (this.#entries.length < this.#limit * 1.25) return;
    const forgotten = this.#entries.splice(0, this.#entries.length - this.#limit);
    if (this.#onForget) for (const old of forgotten) this.#onForget(old);
  }
}
