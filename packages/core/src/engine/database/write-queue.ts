import { OrquestaError } from "../error/orquesta-error.ts";
import type { Transaction } from "./transaction.ts";

/**
 * A piece of writing. Only SQL may be awaited in it. It may run a second time when the group it was
 * in failed, so it changes nothing in memory.
 */
export type Write<T> = (tx: Transaction) => Promise<T>;

interface Queued {
  readonly write: Write<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Larger groups would only make the event loop wait longer. */
const MAX_GROUP = 256;

/**
 * One writer for the whole database. Writes asked for in one turn of the event loop share one
 * transaction, which starts after that turn: this is what makes a commit cheap, and it gives every
 * other session its turn between two messages of a flooded one.
 *
 * Writes take effect in the order they were asked for. One that fails takes nobody with it: its group
 * is rolled back and every write of it runs again alone.
 */
export class WriteQueue {
  readonly #transact: <T>(work: Write<T>) => Promise<T>;
  #queue: Queued[] = [];
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(transact: <T>(work: Write<T>) => Promise<T>) {
    this.#transact = transact;
  }

  /** @throws what `write` throws, DATABASE_FAILED when the database refuses, MANAGER_CLOSED afterwards */
  write<T>(write: Write<T>): Promise<T> {
    if (this.#closed) {
      return Promise.reject(new OrquestaError("MANAGER_CLOSED", "the database is closed"));
    }
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#queue.push({ write, resolve, reject });
    this.#running ??= this.#run();
    return promise;
  }

  /** Refuses new writes and waits for those that were asked for. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      await new Promise(setImmediate);
      const group = this.#queue.splice(0, MAX_GROUP);
      await this.#runGroup(group);
    }
    this.#running = null;
  }

  async #runGroup(group: readonly Queued[]): Promise<void> {
    try {
      const results = await this.#transact(async (tx) => {
        const values: unknown[] = [];
        for (const { write } of group) values.push(await write(tx));
        return values;
      });
      group.forEach(({ resolve }, index) => {
        resolve(results[index] as never);
      });
    } catch (error) {
      if (group.length === 1) {
        group[0]?.reject(asDatabaseError(error));
        return;
      }
      for (const queued of group) await this.#runGroup([queued]);
    }
  }
}

function asDatabaseError(error: unknown): OrquestaError {
  if (error instanceof OrquestaError) return error;
  // The engine's own code, such as SQLITE_FULL: it says at once what is wrong and holds no data.
  const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
  return new OrquestaError("DATABASE_FAILED", `the database refused a write${code}`, {
    cause: error,
  });
}
