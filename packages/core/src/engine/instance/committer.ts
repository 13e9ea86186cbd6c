import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import type { Journal, Owner } from "../journal/journal.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Change } from "../provider/session-context.ts";
import type { SessionKeyStore } from "../session-keys/session-key-store.ts";

/** The one door for what happens to an instance: events, the keys they advanced and what follows from them, in one transaction. */
export class Committer {
  readonly #database: Database;
  readonly #journal: Journal;
  readonly #sessionKeys: SessionKeyStore;
  readonly #outbox: Outbox;

  constructor(database: Database, journal: Journal, sessionKeys: SessionKeyStore, outbox: Outbox) {
    this.#database = database;
    this.#journal = journal;
    this.#sessionKeys = sessionKeys;
    this.#outbox = outbox;
  }

  /**
   * @param also more writing for the same transaction
   * @throws FENCE_LOST, DATABASE_FAILED: then nothing of it is stored
   */
  async commit(
    owner: Owner,
    { events = [], keys = [] }: Change,
    also?: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    const { instanceId } = owner;
    const sealed = this.#sessionKeys.prepare(instanceId, keys);
    const appended = await this.#database.write(async (tx) => {
      const numbered = await this.#journal.append(tx, owner, events);
      await this.#sessionKeys.apply(tx, instanceId, sealed);
      await this.#outbox.applyReceipts(tx, instanceId, events);
      await also?.(tx);
      return numbered;
    });
    this.#journal.announce(appended);
  }
}
