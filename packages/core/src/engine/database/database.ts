import { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { isOrquestaError, OrquestaError } from "../error/orquesta-error.ts";
import type { DatabaseDialect } from "./dialect.ts";
import { createMigrations } from "./migrations/migrations.ts";
import type { Schema } from "./schema.ts";
import { type Write, WriteQueue } from "./write-queue.ts";

/** The engine's SQL: migrated, locked against a second process where the file is not shared. */
export class Database {
  readonly dialect: DatabaseDialect;
  /** For reads. What a resolved write stored is seen. */
  readonly queries: Kysely<Schema>;
  readonly #writes: WriteQueue;
  readonly #unlock: () => void;

  private constructor(dialect: DatabaseDialect, queries: Kysely<Schema>, unlock: () => void) {
    this.dialect = dialect;
    this.queries = queries;
    this.#unlock = unlock;
    this.#writes = new WriteQueue((work) => queries.transaction().execute(work));
  }

  /** @throws DATABASE_LOCKED, DATABASE_FAILED */
  static async open(dialect: DatabaseDialect): Promise<Database> {
    const unlock = await dialect.lock();
    let queries: Kysely<Schema> | undefined;
    try {
      queries = new Kysely<Schema>({ dialect: await dialect.createKyselyDialect() });
      await migrate(queries, dialect);
      return new Database(dialect, queries, unlock);
    } catch (error) {
      await queries?.destroy();
      unlock();
      if (isOrquestaError(error)) throw error;
      throw new OrquestaError("DATABASE_FAILED", "the database cannot be opened", { cause: error });
    }
  }

  /** @throws what `write` throws, DATABASE_FAILED, MANAGER_CLOSED */
  write<T>(write: Write<T>): Promise<T> {
    return this.#writes.write(write);
  }

  /**
   * Stores something: a read, and a transaction that changes nothing, work on a full disk as well.
   * @throws DATABASE_FAILED, MANAGER_CLOSED
   */
  async check(): Promise<void> {
    const checked = { name: "health", node: "", expires_at: Date.now() };
    await this.write((tx) =>
      tx
        .insertInto("duty")
        .values(checked)
        .onConflict((conflict) => conflict.column("name").doUpdateSet(checked))
        .execute(),
    );
  }

  /** Waits for the writes that were asked for; idempotent. */
  async close(): Promise<void> {
    await this.#writes.close();
    try {
      await this.queries.destroy();
    } finally {
      this.#unlock();
    }
  }
}

async function migrate(queries: Kysely<Schema>, dialect: DatabaseDialect): Promise<void> {
  const migrations = createMigrations(dialect);
  const migrator = new Migrator({
    db: queries,
    provider: { getMigrations: async () => migrations },
    // Unnamed, the migrations of another schema would pass for ours. It is created when it is missing.
    ...(dialect.schema !== null && { migrationTableSchema: dialect.schema }),
  });
  const { error } = await migrator.migrateToLatest();
  if (error) {
    throw new OrquestaError("DATABASE_FAILED", "the database cannot be migrated", { cause: error });
  }
}
