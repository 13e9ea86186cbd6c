import { CompiledQuery, type Insertable } from "kysely";
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

/** Few sizes, so that the same few statements stay prepared; together they make up any number of rows. */
const CHUNKS = [64, 16, 4, 1] as const;

/**
 * Inserts many rows. The query builder makes an object for each value, which on the paths that every
 * message takes costs more than the insert itself; here the text of a statement is made once.
 */
export class BulkInserter<Table extends keyof Schema> {
  readonly #insert: BulkInsert<Table>;
  readonly #dialect: DatabaseDialect;
  readonly #statements = new Map<number, string>();

  constructor(dialect: DatabaseDialect, insert: BulkInsert<Table>) {
    this.#dialect = dialect;
    this.#insert = insert;
  }

  /** @returns what the statement returns, of all rows */
  async insert<Returned = never>(
    tx: Transaction,
    rows: readonly Insertable<Schema[Table]>[],
  ): Promise<Returned[]> {
    const { columns } = this.#insert;
    const returned: Returned[] = [];
    let from = 0;
    for (const size of CHUNKS) {
      for (; rows.length - from >= size; from += size) {
        const values: unknown[] = [];
        for (let index = from; index < from + size; index += 1) {
          const row = rows[index];
          for (const column of columns) values.push(row?.[column]);
        }
        const query = CompiledQuery.raw(this.#statement(size), values);
        const result = await tx.executeQuery<Returned>(query);
        for (const one of result.rows) returned.push(one);
      }
    }
    return returned;
  }

  #statement(rows: number): string {
    const known = this.#statements.get(rows);
    if (known !== undefined) return known;
    const { table, columns, suffix = "" } = this.#insert;
    const names = columns.map((column) => `"${column}"`).join(", ");
    let position = 0;
    const placeholder = () => {
      position += 1;
      return this.#dialect.name === "postgres" ? `$${position}` : "?";
    };
    const row = () => `(${columns.map(placeholder).join(", ")})`;
    const values = Array.from({ length: rows }, row).join(", ");
    const statement = `insert into "${table}" (${names}) values ${values} ${suffix}`;
    this.#statements.set(rows, statement);
    return statement;
  }
}
