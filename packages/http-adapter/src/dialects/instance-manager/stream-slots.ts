import { RequestFault } from "../../request-fault.ts";

/** How many event streams each key has open. */
export class StreamSlots {
  readonly #max: number;
  readonly #taken = new Map<string, number>();

  /** @param max 0: any number */
  constructor(max: number) {
    this.#max = max;
  }

  /** @returns the function that gives the place back @throws TOO_MANY_STREAMS */
  take(key: string): () => void {
    const taken = this.#taken.get(key) ?? 0;
    if (this.#max > 0 && taken >= this.#max) throw new RequestFault("TOO_MANY_STREAMS");
    this.#taken.set(key, taken + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const left = (this.#taken.get(key) ?? 1) - 1;
      if (left === 0) this.#taken.delete(key);
      else this.#taken.set(key, left);
    };
  }
}
