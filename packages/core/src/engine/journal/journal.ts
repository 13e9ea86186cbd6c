import { hash } from "node:crypto";
import { BulkInserter } from "../database/bulk-inserter.ts";
import type { Database } from "../database/database.ts";
import type { SeenRow } from "../database/schema.ts";
import type { Queries, Transaction } from "../database/transaction.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { DurableEvent, JournalEvent } from "../event/instance-event.ts";
import { EventIds } from "./event-ids.ts";
import { fromRow, toRow } from "./event-row.ts";

/** The right to write: who runs the instance, under which fence. */
export interface Owner {
  readonly instanceId: string;
  readonly fence: number;
}

/** Gives one event for each, in their order. */
type Translate = (events: readonly DurableEvent[]) => Promise<readonly DurableEvent[]>;
type Announcement = (events: readonly JournalEvent[]) => void;

/** The append-only log of durable events, numbered per instance. */
export class Journal {
  readonly #database: Database;
  readonly #events: BulkInserter<"event">;
  readonly #seen: BulkInserter<"seen">;
  readonly #ids = new EventIds();
  readonly #announcements: Announcement[] = [];

  constructor(database: Database) {
    this.#database = database;
    this.#events = new BulkInserter(database.dialect, {
      table: "event",
      columns: ["instance_id", "number", "id", "name", "chat_id", "occurred_at", "data"],
    });
    this.#seen = new BulkInserter(database.dialect, {
      table: "seen",
      columns: ["instance_id", "hash", "seen_at"],
      suffix: 'on conflict do nothing returning "hash"',
    });
  }

  /**
   * Appends in the caller's transaction. The numbers come from the instance's row under the fence, in
   * one statement, so they have no gaps and nobody but the owner gets any. Call with no events to
   * check the fence alone. Events whose `dedupeKey` was seen before are left out.
   * @param translate says the events that are new in other words, before they are journaled
   * @returns what was appended: hand it to `announce` once the transaction is committed
   * @throws FENCE_LOST before anything was written
   */
  async append(
    tx: Transaction,
    owner: Owner,
    events: readonly DurableEvent[],
    translate: Translate = async (fresh) => fresh,
  ): Promise<JournalEvent[]> {
    // The fence comes first: it locks the row, and a loser must not have written anything.
    const head = await this.#advance(tx, owner, events.length);
    const { instanceId } = owner;
    const unseen = await this.#dropSeen(tx, instanceId, events);
    if (unseen.length < events.length) {
      await this.#advance(tx, owner, unseen.length - events.length);
    }
    if (unseen.length === 0) return [];
    const fresh = await translate(unseen);
    const first = head - events.length + 1;
    const occurredAt = new Date().toISOString();
    const appended = fresh.map((event, index) => {
      const envelope = { id: this.#ids.next(), instanceId, number: first + index, occurredAt };
      return stamp(event, envelope);
    });
    await this.#events.insert(tx, appended.map(toRow));
    return appended;
  }

  /**
   * Makes the ids to come greater than all that the journal holds. Before an instance is written to that
   * another writer had, so that its ids stay in the order of its numbers.
   */
  async observeIds(): Promise<void> {
    const newest = await this.#database.queries
      .selectFrom("event")
      .select("id")
      .orderBy("id", "desc")
      .limit(1)
      .executeTakeFirst();
    if (newest) this.#ids.observe(newest.id);
  }

  /** Tells the readers. Only for what is committed. */
  announce(events: readonly JournalEvent[]): void {
    if (events.length === 0) return;
    for (const announcement of this.#announcements) announcement(events);
  }

  /** `announcement` hears every appended event of this node, in order per instance. It must not throw. */
  onAnnounced(announcement: Announcement): void {
    this.#announcements.push(announcement);
  }

  /** Events of one instance with a number above `after`, in order. */
  async read(
    instanceId: string,
    after: number,
    limit: number,
    queries: Queries = this.#database.queries,
  ): Promise<JournalEvent[]> {
    const rows = await queries
      .selectFrom("event")
      .selectAll()
      .where("instance_id", "=", instanceId)
      .where("number", ">", after)
      .orderBy("number")
      .limit(limit)
      .execute();
    return rows.map(fromRow);
  }

  /**
   * The first event of an instance that retention has left; what was before it is gone for good. Null
   * when none is left, or there was none yet.
   */
  async firstNumber(
    instanceId: string,
    queries: Queries = this.#database.queries,
  ): Promise<number | null> {
    const row = await queries
      .selectFrom("event")
      .select((eb) => eb.fn.min("number").as("number"))
      .where("instance_id", "=", instanceId)
      .executeTakeFirst();
    return row?.number ?? null;
  }

  /** Number of the last event; 0 when there is none. */
  async lastNumber(instanceId: string): Promise<number> {
    const row = await this.#database.queries
      .selectFrom("instance")
      .select("head")
      .where("id", "=", instanceId)
      .executeTakeFirst();
    return row?.head ?? 0;
  }

  async #advance(tx: Transaction, { instanceId, fence }: Owner, by: number): Promise<number> {
    const row = await tx
      .updateTable("instance")
      .set((eb) => ({ head: eb("head", "+", by) }))
      .where("id", "=", instanceId)
      .where("fence", "=", fence)
      .returning("head")
      .executeTakeFirst();
    if (row) return row.head;
    throw new OrquestaError("FENCE_LOST", "another owner runs this instance now");
  }

  /** Leaves out what was journaled before, also when one batch holds the same event twice. */
  async #dropSeen(
    tx: Transaction,
    instanceId: string,
    events: readonly DurableEvent[],
  ): Promise<readonly DurableEvent[]> {
    const hashes = events.map(({ dedupeKey }) =>
      dedupeKey === undefined ? null : hashOf(dedupeKey),
    );
    const unseen = await this.#see(
      tx,
      instanceId,
      hashes.filter((one) => one !== null),
    );
    return events.filter((_, index) => {
      const known = hashes[index];
      return !known || unseen.delete(known.toString("latin1"));
    });
  }

  /** Notes the hashes. @returns those that were new, as latin1 */
  async #see(tx: Transaction, instanceId: string, hashes: readonly Buffer[]): Promise<Set<string>> {
    const seen_at = Date.now();
    const rows = await this.#seen.insert<Pick<SeenRow, "hash">>(
      tx,
      hashes.map((one) => ({ instance_id: instanceId, hash: one, seen_at })),
    );
    return new Set(rows.map((row) => Buffer.from(row.hash).toString("latin1")));
  }
}

/** 128 bits: an accidental collision is out of reach, and the row stays small. */
function hashOf(dedupeKey: string): Buffer {
  return hash("sha256", dedupeKey, "buffer").subarray(0, 16);
}

function stamp(
  { chatId, name, data }: DurableEvent,
  envelope: Pick<JournalEvent, "id" | "instanceId" | "number" | "occurredAt">,
): JournalEvent {
  return { ...envelope, chatId: chatId ?? null, name, data } as JournalEvent;
}
