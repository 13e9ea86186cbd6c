import type BetterSqlite3 from "better-sqlite3";
import type { SqliteDatabase, SqliteStatement } from "kysely";

const MAX_STATEMENTS = 400;
/**
 * When the disk is full, SQLite has rolled back by itself (https://sqlite.org/lang_transaction.html, 3.1).
 * Kysely does it once more, which would fail and hide what went wrong.
 */
const NOTHING_TO_ROLL_BACK = "select 1";

/** Kysely prepares every query anew; preparing costs more than most of our statements themselves. */
export function cachingStatements(connection: BetterSqlite3.Database): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    prepare(text) {
      const sql = text === "rollback" && !connection.inTransaction ? NOTHING_TO_ROLL_BACK : text;
      const known = statements.get(sql);
      if (known) return known;
      const statement = connection.prepare(sql);
      if (statements.size >= MAX_STATEMENTS) {
        for (const oldest of statements.keys()) {
          statements.delete(oldest);
          break;
        }
      }
      statements.set(sql, statement);
      return statement;
    },
    close() {
      statements.clear();
      connection.close();
    },
  };
}
