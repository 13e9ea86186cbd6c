import { closeSync, mkdirSync, openSync } from "node:fs";
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

/** Of 4 KiB: less is not worth moving pages about, and the next rows want them. */
const WORTH_RELEASING = { pages: 2000, share: 0.25 };
const RELEASED_AT_A_TIME = 100;
/** What the log of the database shrinks to after it had to grow, such as during a backup. */
const LOG_LIMIT_BYTES = 64 * 1024 * 1024;

export function sqliteDialect({ path, durability = "normal" }: SqliteOptions): DatabaseDialect {
  const inMemory = path === ":memory:";
  let connection: BetterSqlite3.Database | null = null;
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
      if (!inMemory) createForOwnerOnly(path);
      connection = new Database(path);
      configure(connection, durability);
      return new SqliteDialect({ database: cachingStatements(connection) });
    },
    releaseSpace: () => (connection ? releaseSpace(connection) : 0),
  };
}

/** It holds messages. SQLite gives its log beside it the same mode; a file that is there keeps its own. */
function createForOwnerOnly(path: string): void {
  closeSync(openSync(path, "a", 0o600));
}

function releaseSpace(connection: BetterSqlite3.Database): number {
  const pages = (name: string) => Number(connection.pragma(name, { simple: true }));
  const free = pages("freelist_count");
  if (free < WORTH_RELEASING.pages || free < pages("page_count") * WORTH_RELEASING.share) return 0;
  // Not as a prepared statement: that would be stepped once and release one page.
  connection.exec(`pragma incremental_vacuum(${RELEASED_AT_A_TIME})`);
  return free - pages("freelist_count");
}

function configure(connection: BetterSqlite3.Database, durability: "normal" | "full"): void {
  // Takes effect in a new file only, before its first table.
  connection.pragma("auto_vacuum = INCREMENTAL");
  connection.pragma("journal_mode = WAL");
  connection.pragma(`journal_size_limit = ${LOG_LIMIT_BYTES}`);
  connection.pragma(`synchronous = ${durability}`);
  connection.pragma("foreign_keys = ON");
  // Checkpoints copy pages while the writer waits: fewer, larger ones keep bursts smooth.
  connection.pragma("wal_autocheckpoint = 4000");
  connection.pragma("cache_size = -16000");
}
