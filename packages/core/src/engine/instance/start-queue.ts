/** Starts sessions a few at a time: opening one costs CPU, and a platform distrusts a stampede. */
export class StartQueue {
  readonly #places: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** Resolves with the function that gives the place back (once; more calls do nothing). */
  async enter(): Promise<() => void> {
    if (this.#taken >= this.#places) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#taken += 1;
    }
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#taken -= 1;
    };
  }
}
