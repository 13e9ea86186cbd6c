import { type RawBuilder, sql } from "kysely";
import type { Database } from "./database.ts";
import type { Schema } from "./schema.ts";

export interface Piece<Table extends keyof Schema> {
  readonly table: Table;
  /** The columns of the primary key. */
  readonly key: readonly (keyof Schema[Table] & string)[];
  /** Which rows, and in what order: what an index answers without looking at the others. */
  readonly where: RawBuilder<unknown>;
  readonly limit: number;
}

/** Erases up to `limit` rows in one write. @returns how many */
export async function erasePiece<Table extends keyof Schema>(
  database: Database,
  { table, key, where, limit }: Piece<Table>,
): Promise<number> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  const { numAffectedRows = 0n } = await database.write((tx) =>
    sql`delete from ${sql.table(table)} where (${columns}) in (
      select ${columns} from ${sql.table(table)} where ${where} limit ${sql.lit(limit)}
    )`.execute(tx),
  );
  return Number(numAffectedRows);
}
