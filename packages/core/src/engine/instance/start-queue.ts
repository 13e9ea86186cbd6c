/** Starts sessions a few at a time: opening one costs CPU, and a platform distrusts a stampede. */
export class StartQueue {
  readonly #places: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** Does `start` when it is its turn; the next one's comes when that has ended. @throws what `start` throws */
  async run(start: () => Promise<void>): Promise<void> {
    if (this.#taken < this.#places) this.#taken += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await start();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#taken -= 1;
    }
  }
}
