import type { Database } from "../database/database.ts";
import type { Logger } from "../log/logger.ts";

interface Uses {
  readonly count: number;
  readonly lastUsedAt: number;
}

const FLUSH_AFTER_MS = 1000;

/**
 * Counts how often instance keys are used: in memory at once, in the database together, at most once
 * a second and key. A process that is killed loses what it counted in its last second.
 */
export class InstanceKeyUsage {
  readonly #database: Database;
  readonly #logger: Logger;
  #uses = new Map<string, Uses>();
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
  }

  count(keyId: string): void {
    this.#add(keyId, { count: 1, lastUsedAt: Date.now() });
    if (this.#timer) return;
    this.#timer = setTimeout(() => void this.flush(), FLUSH_AFTER_MS);
    this.#timer.unref();
  }

  /** Resolves when everything counted so far is stored; never rejects. What could not be stored waits for the next time. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#flushing = this.#flushing.then(() => this.#store());
    return this.#flushing;
  }

  #add(keyId: string, { count, lastUsedAt }: Uses): void {
    const known = this.#uses.get(keyId);
    this.#uses.set(keyId, {
      count: count + (known?.count ?? 0),
      lastUsedAt: Math.max(lastUsedAt, known?.lastUsedAt ?? 0),
    });
  }

  async #store(): Promise<void> {
    const uses = this.#uses;
    this.#uses = new Map();
    // The write queue puts them into common transactions.
    await Promise.all(Array.from(uses, ([keyId, used]) => this.#storeOne(keyId, used)));
  }

  async #storeOne(keyId: string, used: Uses): Promise<void> {
    try {
      await this.#database.write((tx) =>
        tx
          .updateTable("instance_key")
          .set((eb) => ({
            usage_count: eb("usage_count", "+", used.count),
            last_used_at: used.lastUsedAt,
          }))
          .where("id", "=", keyId)
          .execute(),
      );
    } catch (error) {
      this.#add(keyId, used);
      this.#logger.warn("uses of an instance key could not be stored", { keyId, error });
    }
  }
}
