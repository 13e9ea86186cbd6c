import type { Database } from "../database/database.ts";
import type { EventRow } from "../database/schema.ts";
import { OrquestaError } from "../error/orquesta-error.ts";

/** A row of the journal with the company of its instance; null when it has none, or is just being erased. */
export type StoredEvent = EventRow & { readonly company_id: string | null };

/** Reads the journal in the order of ids over all instances, or of numbers in one. */
export class StoredEvents {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Whether one process writes all events, so that the order of their ids is that of the commits. */
  get haveOneWriter(): boolean {
    return this.#database.dialect.exclusive;
  }

  /** With an id above `afterId` and up to `lastId`, in the order of ids. */
  ofAll(afterId: string, lastId: string | null, limit: number): Promise<StoredEvent[]> {
    return answered(
      this.#select()
        .where("event.id", ">", afterId)
        .$if(lastId !== null, (query) => query.where("event.id", "<=", lastId))
        .orderBy("event.id")
        .limit(limit)
        .execute(),
    );
  }

  /** With a number above `after`, in the order of numbers. */
  ofInstance(instanceId: string, after: number, limit: number): Promise<StoredEvent[]> {
    return answered(
      this.#select()
        .where("event.instance_id", "=", instanceId)
        .where("event.number", ">", after)
        .orderBy("event.number")
        .limit(limit)
        .execute(),
    );
  }

  async find(id: string): Promise<EventRow | null> {
    const rows = await answered(
      this.#database.queries.selectFrom("event").selectAll().where("id", "=", id).execute(),
    );
    return rows[0] ?? null;
  }

  async findNumber(instanceId: string, number: number): Promise<EventRow | null> {
    const rows = await answered(
      this.#database.queries
        .selectFrom("event")
        .selectAll()
        .where("instance_id", "=", instanceId)
        .where("number", "=", number)
        .execute(),
    );
    return rows[0] ?? null;
  }

  async newestId(): Promise<string | null> {
    const rows = await answered(
      this.#database.queries
        .selectFrom("event")
        .select("id")
        .orderBy("id", "desc")
        .limit(1)
        .execute(),
    );
    return rows[0]?.id ?? null;
  }

  /** The number of the last event of every instance. */
  async heads(): Promise<Map<string, number>> {
    const rows = await answered(
      this.#database.queries.selectFrom("instance").select(["id", "head"]).execute(),
    );
    return new Map(rows.map(({ id, head }) => [id, head]));
  }

  /** @throws INSTANCE_NOT_FOUND */
  async instance(id: string): Promise<{
    readonly head: number;
    readonly erasedId: string | null;
    readonly company: string;
  }> {
    const rows = await answered(
      this.#database.queries
        .selectFrom("instance")
        .select(["head", "erased_event_id", "company_id"])
        .where("id", "=", id)
        .where("desired", "!=", "removed")
        .execute(),
    );
    const row = rows[0];
    if (!row) throw new OrquestaError("INSTANCE_NOT_FOUND", "there is no such instance");
    return { head: row.head, erasedId: row.erased_event_id, company: row.company_id };
  }

  /** The newest event that retention has erased, of any instance that there still is. */
  async newestErasedId(): Promise<string | null> {
    const { max } = this.#database.queries.fn;
    const rows = await answered(
      this.#database.queries
        .selectFrom("instance")
        .select(max("erased_event_id").as("id"))
        .execute(),
    );
    return rows[0]?.id ?? null;
  }

  #select() {
    return this.#database.queries
      .selectFrom("event")
      .leftJoin("instance", "instance.id", "event.instance_id")
      .selectAll("event")
      .select("instance.company_id");
  }
}

async function answered<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (cause) {
    throw new OrquestaError("DATABASE_FAILED", "the journal could not be read", { cause });
  }
}
