import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import pg from "pg";
import { type DatabaseDialect, postgresDialect, sqliteDialect } from "../../index.ts";

export type SqlValue = string | number | bigint | Uint8Array | null;
export type SqlRow = Readonly<Record<string, unknown>>;

/** A database of its own for one test, with a way in beside the engine. */
export interface TestDatabase {
  readonly kind: "sqlite" | "postgres";
  /** How another process finds it, on Postgres. */
  readonly url: string | null;
  /** For what has to lie on disk; of SQLite also the data directory. */
  readonly directory: string;
  dialect(): DatabaseDialect;
  /** Runs a statement behind the engine's back; `?` stands for a value. */
  sql(statement: string, ...values: readonly SqlValue[]): Promise<SqlRow[]>;
  tables(): Promise<string[]>;
  drop(): Promise<void>;
}

export function sqliteTestDatabase(): TestDatabase {
  const directory = mkdtempSync(join(tmpdir(), "orquesta-test-"));
  const path = join(directory, "orquesta.sqlite");
  const run = async (statement: string, ...values: readonly SqlValue[]) => {
    const connection = new BetterSqlite3(path);
    try {
      const prepared = connection.prepare<SqlValue[], SqlRow>(statement);
      if (prepared.reader) return prepared.all(...values);
      prepared.run(...values);
      return [];
    } finally {
      connection.close();
    }
  };
  return {
    kind: "sqlite",
    url: null,
    directory,
    dialect: () => sqliteDialect({ path }),
    sql: run,
    async tables() {
      const rows = await run("select name from sqlite_master where type = 'table'");
      return namesOf(rows);
    },
    async drop() {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The database of this test process: looking at the tables of all schemas fails while one is dropped elsewhere. */
let own: { readonly url: string; readonly created: Promise<void> } | null = null;

function ownPostgres(server: string): { readonly url: string; readonly created: Promise<void> } {
  if (own) return own;
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const create = async () => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
  };
  own = { url: url.href, created: create() };
  return own;
}

export function postgresTestDatabase(server: string): TestDatabase {
  const { url, created } = ownPostgres(server);
  const directory = mkdtempSync(join(tmpdir(), "orquesta-test-"));
  const schema = `test_${randomUUID().replaceAll("-", "")}`;
  const run = async (statement: string, ...values: readonly SqlValue[]) => {
    await created;
    const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` });
    await client.connect();
    try {
      let position = 0;
      const numbered = statement.replaceAll("?", () => {
        position += 1;
        return `$${position}`;
      });
      const { rows } = await client.query<SqlRow>(numbered, [...values]);
      return rows;
    } finally {
      await client.end();
    }
  };
  return {
    kind: "postgres",
    url,
    directory,
    dialect: () => ({
      ...postgresDialect({ url, schema, maxConnections: 4 }),
      async lock() {
        await created;
        return () => {};
      },
    }),
    sql: run,
    async tables() {
      const rows = await run(
        "select table_name as name from information_schema.tables where table_schema = ?",
        schema,
      );
      return namesOf(rows);
    },
    async drop() {
      await run(`drop schema if exists ${schema} cascade`);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function namesOf(rows: readonly SqlRow[]): string[] {
  return rows
    .map(({ name }) => String(name))
    .filter((name) => !name.startsWith("sqlite_") && !name.startsWith("kysely_"));
}
