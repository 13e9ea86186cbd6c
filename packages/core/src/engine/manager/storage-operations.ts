import type { Swept } from "../retention/sweeper.ts";
import type { Engine } from "./engine.ts";

/** `manager.storage`: what is kept on disk. */
export class StorageOperations {
  readonly #engine: () => Promise<Engine>;

  constructor(engine: () => Promise<Engine>) {
    this.#engine = engine;
  }

  /**
   * Erases now what `retention` lets go of, a little at a time, beside the traffic; it happens by itself
   * every ten minutes. A call while that is under way joins it.
   * @returns how many rows went, by kind
   */
  async sweep(): Promise<Swept> {
    return (await this.#engine()).sweeper.sweep();
  }
}
