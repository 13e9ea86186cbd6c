import { sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";

export interface Cursor {
  readonly instanceId: string;
  readonly cursor: number;
  readonly head: number;
}

const BEFORE_FIRST_KEPT = sql<number>`coalesce(
  (select min(event.number) - 1 from event where event.instance_id = instance.id), head)`;

/** Where one reader stands in each instance. */
export class CursorStore {
  readonly #database: Database;
  readonly #reader: string;

  constructor(database: Database, reader: string) {
    this.#database = database;
    this.#reader = reader;
  }

  /**
   * Notes a new reader: it begins behind what was journaled before it, or with the first event that is
   * still there. A known one stays where it is.
   */
  async register(from: "end" | "beginning"): Promise<void> {
    const reader = this.#reader;
    await this.#database.write(async (tx) => {
      const inserted = await tx
        .insertInto("reader")
        .values({ name: reader, created_at: Date.now() })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (inserted.numInsertedOrUpdatedRows !== 1n) return;
      const begin = from === "end" ? sql<number>`head` : BEFORE_FIRST_KEPT;
      await tx
        .insertInto("reader_cursor")
        .columns(["reader", "instance_id", "number"])
        .expression((eb) =>
          eb
            .selectFrom("instance")
            .select((i) => [i.val(reader).as("reader"), "id", begin.as("number")]),
        )
        .execute();
    });
  }

  /** An instance without a cursor came after the reader: it starts at its first event. */
  async load(instanceIds: readonly string[]): Promise<Cursor[]> {
    if (instanceIds.length === 0) return [];
    const rows = await this.#database.queries
      .selectFrom("instance")
      .leftJoin("reader_cursor", (join) =>
        join
          .onRef("reader_cursor.instance_id", "=", "instance.id")
          .on("reader_cursor.reader", "=", this.#reader),
      )
      .select(["instance.id", "instance.head", "reader_cursor.number"])
      .where("instance.id", "in", instanceIds)
      .execute();
    return rows.map(({ id, head, number }) => ({ instanceId: id, head, cursor: number ?? 0 }));
  }

  async move(tx: Transaction, numbers: ReadonlyMap<string, number>): Promise<void> {
    if (numbers.size === 0) return;
    const values = [...numbers].map(([instance_id, number]) => ({
      reader: this.#reader,
      instance_id,
      number,
    }));
    await tx
      .insertInto("reader_cursor")
      .values(values)
      .onConflict((conflict) =>
        conflict
          .columns(["reader", "instance_id"])
          .doUpdateSet((eb) => ({ number: eb.ref("excluded.number") })),
      )
      .execute();
  }
}
