import type { ColumnDefinitionBuilder, Dialect } from "kysely";

/** Everything in which SQLite and Postgres differ for us. */
export interface DatabaseDialect {
  readonly name: "sqlite" | "postgres";
  createKyselyDialect(): Promise<Dialect>;
  /** Where the tables are, in an engine that has schemas. */
  readonly schema: string | null;
  readonly bytes: "blob" | "bytea";
  /** Unix ms and counters do not fit into Postgres's 32-bit integer. */
  readonly integer: "integer" | "bigint";
  autoIncrement(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** SQLite keeps such a table in one tree instead of two. */
  readonly clusteredTable: "without rowid" | null;
  /** Whether one process owns the whole database, so that what a dead one leased is free at once. */
  readonly exclusive: boolean;
  /**
   * Gives a bounded piece of what is free inside the file back to the file system, while that is worth
   * it; a few ms. @returns pages; 0 when there is no more to do, or the engine does it by itself
   */
  releaseSpace(): number;
  /** Takes the right to use the database; the returned function gives it back. @throws DATABASE_LOCKED */
  lock(): Promise<() => void>;
}
