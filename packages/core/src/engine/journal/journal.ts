import { createHash } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "../database/database.ts";
import type { Queries, Transaction } from "../database/transaction.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { DurableEvent, JournalEvent } from "../event/instance-event.ts";
import { fromRow, toRow } from "./event-row.ts";

/** The right to write: who runs the instance, under which fence. */
export interface Owner {
  readonly instanceId: string;
  readonly fence: number;
}

type Announcement = (events: readonly JournalEvent[]) => void;

/** The append-only log of durable events, numbered per instance. */
export class Journal {
  readonly #database: Database;
  readonly #announcements: Announcement[] = [];

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Appends in the caller's transaction. The numbers come from the instance's row under the fence, in
   * one statement, so they have no gaps and nobody but the owner gets any. Call with no events to
   * check the fence alone. Events whose `dedupeKey` was seen before are left out.
   * @returns what was appended: hand it to `announce` once the transaction is committed
   * @throws FENCE_LOST before anything was written
   */
  async append(
    tx: Transaction,
    owner: Owner,
    events: readonly DurableEvent[],
  ): Promise<JournalEvent[]> {
    // The fence comes first: it locks the row, and a loser must not have written anything.
    const head = await this.#advance(tx, owner, events.length);
    const fresh = await this.#dropSeen(tx, owner.instanceId, events);
    if (fresh.length < events.length) {
      await this.#advance(tx, owner, fresh.length - events.length);
    }
    if (fresh.length === 0) return [];
    const first = head - events.length + 1;
    const occurredAt = new Date().toISOString();
    const appended = fresh.map((event, index) => stamp(event, owner, first + index, occurredAt));
    await tx.insertInto("event").values(appended.map(toRow)).execute();
    return appended;
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

  async #dropSeen(
    tx: Transaction,
    instanceId: string,
    events: readonly DurableEvent[],
  ): Promise<readonly DurableEvent[]> {
    if (events.every(({ dedupeKey }) => dedupeKey === undefined)) return events;
    const fresh: DurableEvent[] = [];
    for (const event of events) {
      if (event.dedupeKey === undefined || (await this.#see(tx, instanceId, event.dedupeKey))) {
        fresh.push(event);
      }
    }
    return fresh;
  }

  async #see(tx: Transaction, instanceId: string, dedupeKey: string): Promise<boolean> {
    // 128 bits: an accidental collision is out of reach, and the row stays small.
    const hash = createHash("sha256").update(dedupeKey).digest().subarray(0, 16);
    const inserted = await tx
      .insertInto("seen")
      .values({ instance_id: instanceId, hash, seen_at: Date.now() })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return inserted.numInsertedOrUpdatedRows === 1n;
  }
}

function stamp(
  event: DurableEvent,
  owner: Owner,
  number: number,
  occurredAt: string,
): JournalEvent {
  const envelope = { id: uuidv7(), instanceId: owner.instanceId, number, occurredAt };
  return {
    ...envelope,
    chatId: event.chatId ?? null,
    name: event.name,
    data: event.data,
  } as JournalEvent;
}
