import type { Insertable } from "kysely";
import { BulkStatement } from "./bulk-statement.ts";
import type { DatabaseDialect } from "./dialect.ts";
import type { Schema } from "./schema.ts";
import type { Transaction } from "./transaction.ts";

export interface BulkInsert<Table extends keyof Schema> {
  readonly table: Table;
  /** All columns that the rows give. */
  readonly columns: readonly (keyof Insertable<Schema[Table]> & string)[];
  /** What follows the values, such as `on conflict do nothing returning id`. */
  readonly suffix?: string;
}

/** Inserts many rows. */
export class BulkInserter<Table extends keyof Schema> {
  readonly #statement: BulkStatement<keyof Insertable<Schema[Table]> & string>;

  constructor(dialect: DatabaseDialect, { table, columns, suffix = "" }: BulkInsert<Table>) {
    const names = columns.map((column) => `"${column}"`).join(", ");
    this.#statement = new BulkStatement(dialect, {
      columns,
      around: (values) => `insert into "${table}" (${names}) values ${values} ${suffix}`,
    });
  }

  /** @returns what the statement returns, of all rows */
  async insert<Returned = never>(
    tx: Transaction,
    rows: readonly Insertable<Schema[Table]>[],
  ): Promise<Returned[]> {
    return this.#statement.run<Returned>(tx, rows);
  }
}
