import { OrquestaError, waitFor } from "@orquesta/core";

/** So many browsers may start at the same time; the others wait for their turn, first come first served. */
export class StartPlaces {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  /** @returns what gives the place back; may be called twice. @throws ABORTED */
  async take(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw new OrquestaError("ABORTED", "the browser is not wanted any more");
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(signal);
    let isTaken = true;
    return () => {
      if (isTaken) this.#give();
      isTaken = false;
    };
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const turn = Promise.withResolvers<void>();
    this.#waiting.add(turn.resolve);
    try {
      await waitFor(turn.promise, "waiting for the turn to start a browser", { signal });
    } catch (error) {
      // It came at the same moment: the next one has it.
      if (!this.#waiting.delete(turn.resolve)) this.#give();
      throw error;
    }
  }

  #give(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
