import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type BetterSqlite3 from "better-sqlite3";
import { SqliteDialect } from "kysely";
import type { DatabaseDialect } from "./dialect.ts";
import { lockSqliteFile } from "./sqlite-lock.ts";
import { cachingStatements } from "./statement-cache.ts";

export interface SqliteOptions {
  /** File, or `:memory:` for one that ends with the process. */
  readonly path: string;
  /**
   * `normal` survives a crash of the process, `full` also a loss of power, at about a ninth of the
   * transactions a second. @default "normal"
   */
  readonly durability?: "normal" | "full";
}

export function sqliteDialect({ path, durability = "normal" }: SqliteOptions): DatabaseDialect {
  const inMemory = path === ":memory:";
  return {
    name: "sqlite",
    schema: null,
    bytes: "blob",
    integer: "integer",
    clusteredTable: "without rowid",
    exclusive: true,
    autoIncrement: (column) => column.primaryKey().autoIncrement(),
    async lock() {
      if (inMemory) return () => {};
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      return lockSqliteFile(path);
    },
    async createKyselyDialect() {
      const { default: Database } = await import("better-sqlite3");
      const connection = new Database(path);
      configure(connection, durability);
      return new SqliteDialect({ database: cachingStatements(connection) });
    },
  };
}

function configure(connection: BetterSqlite3.Database, durability: "normal" | "full"): void {
  connection.pragma("journal_mode = WAL");
  connection.pragma(`synchronous = ${durability}`);
  connection.pragma("foreign_keys = ON");
  // Checkpoints copy pages while the writer waits: fewer, larger ones keep bursts smooth.
  connection.pragma("wal_autocheckpoint = 4000");
  connection.pragma("cache_size = -16000");
}
