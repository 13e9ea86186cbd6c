import { CompiledQuery } from "kysely";
import type { DatabaseDialect } from "./dialect.ts";
import type { Transaction } from "./transaction.ts";

export interface BulkStatementOptions<Column extends string> {
  /** The fields of a row that make up its values, in their order. */
  readonly columns: readonly Column[];
  /** SQL type of each value where the engine cannot tell; @default none is named */
  readonly types?: Readonly<Record<Column, string>>;
  /** The statement around `(…), (…)`. */
  around(values: string): string;
}

/** Few sizes, so that the same few statements stay prepared; together they make up any number of rows. */
const CHUNKS = [64, 16, 4, 1] as const;

/**
 * A statement over many rows of values. The query builder makes an object for each value, which on the
 * paths that every message takes costs more than the statement itself; here its text is made once.
 */
export class BulkStatement<Column extends string> {
  readonly #options: BulkStatementOptions<Column>;
  readonly #dialect: DatabaseDialect;
  readonly #statements = new Map<number, string>();

  constructor(dialect: DatabaseDialect, options: BulkStatementOptions<Column>) {
    this.#dialect = dialect;
    this.#options = options;
  }

  /** @returns what the statement returns, of all rows */
  async run<Returned = never>(
    tx: Transaction,
    rows: readonly { readonly [C in Column]?: unknown }[],
  ): Promise<Returned[]> {
    const { columns } = this.#options;
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
    const { columns, types, around } = this.#options;
    let position = 0;
    const placeholder = (column: Column) => {
      position += 1;
      const mark = this.#dialect.name === "postgres" ? `$${position}` : "?";
      return types ? `cast(${mark} as ${types[column]})` : mark;
    };
    const row = () => `(${columns.map(placeholder).join(", ")})`;
    const statement = around(Array.from({ length: rows }, row).join(", "));
    this.#statements.set(rows, statement);
    return statement;
  }
}
