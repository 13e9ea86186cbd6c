import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import { isOrquestaError } from "../error/orquesta-error.ts";
import type { DurableEvent, JournalEvent } from "../event/instance-event.ts";
import type { Journal, Owner } from "../journal/journal.ts";
import type { MediaRecords } from "../media/media-records.ts";
import type { Change } from "../provider/session-context.ts";
import type { SessionKeyStore } from "../session-keys/session-key-store.ts";

type Also = (tx: Transaction) => Promise<void>;

interface Part {
  readonly change: Change;
  readonly also: Also | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Commits of one instance that are stored together. */
interface Batch {
  readonly owner: Owner;
  readonly parts: Part[];
}

/** What takes part in a commit. */
export interface CommitterRooms {
  readonly database: Database;
  readonly journal: Journal;
  readonly sessionKeys: SessionKeyStore;
  readonly media: MediaRecords;
  readonly consequences: Consequences;
}

/** What follows from events, in the transaction that journals them. Only SQL is awaited; it may run twice. */
export interface Consequences {
  /** @returns the events as they are journaled, one for each, in their order */
  translate(
    tx: Transaction,
    instanceId: string,
    events: readonly DurableEvent[],
  ): Promise<readonly DurableEvent[]>;
  apply(tx: Transaction, instanceId: string, events: readonly JournalEvent[]): Promise<void>;
}

const MAX_PARTS = 256;

/**
 * The one door for what happens to an instance: events, the keys they advanced and what follows from
 * them, in one transaction. Commits of an instance that wait for the same transaction are stored with
 * the same few statements, and a key that several of them advance is sealed and written once: this is
 * what a flood costs least by.
 */
export class Committer {
  readonly #database: Database;
  readonly #journal: Journal;
  readonly #sessionKeys: SessionKeyStore;
  readonly #media: MediaRecords;
  readonly #consequences: Consequences;
  /** Batches that may still grow: their transaction has not begun. */
  readonly #open = new Map<string, Batch>();

  constructor({ database, journal, sessionKeys, media, consequences }: CommitterRooms) {
    this.#database = database;
    this.#journal = journal;
    this.#sessionKeys = sessionKeys;
    this.#media = media;
    this.#consequences = consequences;
  }

  /**
   * Commits of one instance take effect in the order of the calls.
   * @param also more writing for the same transaction
   * @throws FENCE_LOST, DATABASE_FAILED: then nothing of it is stored
   */
  commit(owner: Owner, change: Change, also?: Also): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const part = { change, also, resolve, reject };
    const open = this.#open.get(owner.instanceId);
    if (open && open.owner.fence === owner.fence && open.parts.length < MAX_PARTS) {
      open.parts.push(part);
    } else {
      const batch = { owner, parts: [part] };
      this.#open.set(owner.instanceId, batch);
      void this.#storeBatch(batch);
    }
    return promise;
  }

  /** Never rejects: every part gets its own answer. */
  async #storeBatch({ owner, parts }: Batch): Promise<void> {
    try {
      await this.#storeParts(owner, parts);
      for (const { resolve } of parts) resolve();
    } catch (error) {
      if (parts.length === 1 || isOrquestaError(error, "FENCE_LOST")) {
        for (const { reject } of parts) reject(error);
        return;
      }
      // One of them may be what the database does not take: the others must not suffer.
      for (const part of parts) await this.#storeBatch({ owner, parts: [part] });
    }
  }

  async #storeParts(owner: Owner, parts: readonly Part[]): Promise<void> {
    const appended = await this.#database.write((tx) => {
      if (this.#open.get(owner.instanceId)?.parts === parts) this.#open.delete(owner.instanceId);
      return this.#write(tx, owner, parts);
    });
    this.#journal.announce(appended);
  }

  async #write(tx: Transaction, owner: Owner, parts: readonly Part[]): Promise<JournalEvent[]> {
    const events = parts.flatMap(({ change }) => change.events ?? []);
    const keys = parts.flatMap(({ change }) => change.keys ?? []);
    const appended = await this.#journal.append(tx, owner, events, (fresh) =>
      this.#consequences.translate(tx, owner.instanceId, fresh),
    );
    await this.#sessionKeys.apply(tx, owner.instanceId, keys);
    await this.#media.note(tx, appended);
    await this.#consequences.apply(tx, owner.instanceId, appended);
    for (const { also } of parts) await also?.(tx);
    return appended;
  }
}
