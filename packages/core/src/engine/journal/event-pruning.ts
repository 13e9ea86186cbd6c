import { sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import { endWithoutEvent } from "./erased-event.ts";

export interface EventPruningOptions {
  readonly database: Database;
  /** Events that are older may go. `Infinity`: none because of its age. */
  readonly maxAgeMs: number;
  /** So many of each instance stay at most. `Infinity`: as many as there are. */
  readonly maxPerInstance: number;
}

interface Candidate {
  readonly id: string;
  readonly head: number;
}

const EVENTS_AT_A_TIME = 250;
const INSTANCES_AT_A_TIME = 100;

/**
 * Erases events from the front: what is left of an instance's journal has no gaps. It stops at the
 * first event that a pending task needs which is younger than the limit; an older task has had its
 * time and ends as dead.
 */
export class EventPruning {
  readonly name = "events";
  readonly #options: EventPruningOptions;

  constructor(options: EventPruningOptions) {
    this.#options = options;
  }

  async *pieces(now: number): AsyncGenerator<number> {
    const before = now - this.#options.maxAgeMs;
    for await (const candidate of this.#candidates(before)) {
      for (;;) {
        const erased = await this.#eraseOf(candidate, before);
        yield erased;
        if (erased < EVENTS_AT_A_TIME) break;
      }
    }
  }

  /** Instances whose first event may go: a look at one row of each. */
  async *#candidates(before: number): AsyncGenerator<Candidate> {
    const { database, maxPerInstance } = this.#options;
    for (let after = ""; ; ) {
      const rows = await database.queries
        .selectFrom("instance")
        .select(["id", "head"])
        .select((eb) =>
          eb
            .selectFrom("event")
            .select("occurred_at")
            .whereRef("event.instance_id", "=", "instance.id")
            .orderBy("number")
            .limit(1)
            .as("first_at"),
        )
        .select((eb) =>
          eb
            .selectFrom("event")
            .select((first) => first.fn.min("number").as("number"))
            .whereRef("event.instance_id", "=", "instance.id")
            .as("first"),
        )
        .where("id", ">", after)
        .orderBy("id")
        .limit(INSTANCES_AT_A_TIME)
        .execute();
      for (const { id, head, first, first_at } of rows) {
        if (first === null || first_at === null) continue;
        if (first_at < before || first <= head - maxPerInstance) yield { id, head };
      }
      const last = rows.at(-1);
      if (!last || rows.length < INSTANCES_AT_A_TIME) return;
      after = last.id;
      // Thousands of instances with nothing to erase must not keep the others from their turn.
      await new Promise(setImmediate);
    }
  }

  #eraseOf({ id, head }: Candidate, before: number): Promise<number> {
    const surplusTo = head - this.#options.maxPerInstance;
    return this.#options.database.write(async (tx) => {
      const rows = await tx
        .selectFrom("event")
        .select(["id", "number", "occurred_at"])
        .where("instance_id", "=", id)
        .orderBy("number")
        .limit(EVENTS_AT_A_TIME)
        .execute();
      const needed = await firstNeeded(tx, id, before);
      const kept = rows.findIndex(
        ({ number, occurred_at }) =>
          number >= needed || (occurred_at >= before && number > surplusTo),
      );
      const last = rows.at(kept === -1 ? -1 : kept - 1);
      if (!last || kept === 0) return 0;
      await tx
        .deleteFrom("event")
        .where("instance_id", "=", id)
        .where("number", "<=", last.number)
        .execute();
      // Who comes back to read on behind an older event has missed something, and is told so.
      await tx
        .updateTable("instance")
        .set({ erased_event_id: last.id })
        .where("id", "=", id)
        .execute();
      await endWithoutEvent(tx, (tasks) =>
        tasks.where("instance_id", "=", id).where("number", "<=", last.number),
      );
      return kept === -1 ? rows.length : kept;
    });
  }
}

/** The first event that a pending task waits for which is not too old itself. */
async function firstNeeded(tx: Transaction, instanceId: string, before: number): Promise<number> {
  const row = await tx
    .selectFrom("task")
    .select((eb) => eb.fn.min("number").as("number"))
    .where("instance_id", "=", instanceId)
    .where(sql<boolean>`state = 'pending'`)
    .where("created_at", ">=", before)
    .executeTakeFirst();
  return row?.number ?? Number.POSITIVE_INFINITY;
}
