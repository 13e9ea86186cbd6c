import { type Selectable, sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { TaskRow } from "../database/schema.ts";
import type { Transaction } from "../database/transaction.ts";
import { fromRow } from "./event-row.ts";
import type { NewTask } from "./worker.ts";

export type TaskState = "pending" | "done" | "dead" | "redelivered";

/** What the table knows of a task. Times are Unix ms. */
export interface TaskRecord {
  readonly id: number;
  readonly target: string;
  readonly instanceId: string;
  readonly eventNumber: number;
  /** Null when the event is erased. */
  readonly eventId: string | null;
  readonly eventName: string | null;
  readonly state: TaskState;
  /** Runs whose end was seen. */
  readonly attempts: number;
  readonly error: string | null;
  readonly answerStatus: number | null;
  readonly durationMs: number | null;
  readonly createdAt: number;
  readonly runAt: number;
  readonly finishedAt: number | null;
}

export interface TaskQuery {
  readonly instanceId: string;
  readonly target?: string | undefined;
  readonly state?: TaskState | undefined;
  /** Only tasks with a lower id. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface TaskPage {
  readonly tasks: readonly TaskRecord[];
  /** Where the next page goes on; null after the last. */
  readonly next: number | null;
}

/** Written out, so that the index of dead tasks is known to fit. */
const DEAD = sql.lit("dead" as const);

/** Rows that one page looks at: a rare state among millions of others must not stop the process. */
const MAX_SCANNED = 5000;

/** What became of the tasks of one reader. */
export class TaskHistory {
  readonly #database: Database;
  readonly #reader: string;

  constructor(database: Database, reader: string) {
    this.#database = database;
    this.#reader = reader;
  }

  /** Newest first. A page may hold fewer than asked for, even none, and still have a next one. */
  async page(query: TaskQuery): Promise<TaskPage> {
    const { instanceId, target, state, before = Number.MAX_SAFE_INTEGER, limit } = query;
    let scanned = this.#database.queries
      .selectFrom("task")
      .selectAll()
      .where("instance_id", "=", instanceId)
      .where("id", "<", before)
      .orderBy("id", "desc")
      .limit(MAX_SCANNED);
    // These have an index of their own.
    if (state === "dead") scanned = scanned.where("state", "=", DEAD);
    const ids = this.#database.queries.selectFrom(scanned.as("scanned"));
    let found = ids
      .leftJoin("event", (join) =>
        join
          .onRef("event.instance_id", "=", "scanned.instance_id")
          .onRef("event.number", "=", "scanned.number"),
      )
      .selectAll("scanned")
      .select(["event.id as event_id", "event.name as event_name"])
      .where("scanned.reader", "=", this.#reader)
      .orderBy("scanned.id", "desc")
      .limit(limit);
    if (target !== undefined) found = found.where("scanned.target", "=", target);
    if (state !== undefined) found = found.where("scanned.state", "=", state);
    const rows = await found.execute();
    const tasks = rows.map(toRecord);
    const last = tasks.at(-1);
    if (last && tasks.length === limit) return { tasks, next: last.id };
    const { count, end } = await ids
      .select((eb) => [
        eb.fn.countAll<number | string>().as("count"),
        eb.fn.min("scanned.id").as("end"),
      ])
      .executeTakeFirstOrThrow();
    return { tasks, next: Number(count) === MAX_SCANNED && end !== null ? Number(end) : null };
  }

  async find(instanceId: string, id: number): Promise<TaskRecord | null> {
    const { tasks } = await this.page({ instanceId, before: id + 1, limit: 1 });
    return tasks[0]?.id === id ? tasks[0] : null;
  }

  /** The same work as a new task; a dead one stops being dead. Null when its event is erased. */
  async again(tx: Transaction, instanceId: string, id: number): Promise<NewTask | null> {
    const [again = null] = await this.#again(tx, instanceId, [id]);
    return again;
  }

  /**
   * The same work as new tasks, for the next dead ones of a target with ids above `after` and up to
   * `upTo`, in order. `last` is where to go on; null when there are no more.
   */
  async deadAgain(
    tx: Transaction,
    { instanceId, target, after, upTo, limit }: DeadTasks,
  ): Promise<{ readonly tasks: readonly NewTask[]; readonly last: number | null }> {
    const rows = await tx
      .selectFrom("task")
      .select("id")
      .where("instance_id", "=", instanceId)
      .where("state", "=", DEAD)
      .where("reader", "=", this.#reader)
      .where("target", "=", target)
      .where("id", ">", after)
      .where("id", "<=", upTo)
      .orderBy("id")
      .limit(limit)
      .execute();
    const ids = rows.map(({ id }) => id);
    return { tasks: await this.#again(tx, instanceId, ids), last: ids.at(-1) ?? null };
  }

  /** The newest dead task of a target; 0 when there is none. */
  async lastDead(instanceId: string, target: string): Promise<number> {
    const row = await this.#database.queries
      .selectFrom("task")
      .select((eb) => eb.fn.max("id").as("id"))
      .where("instance_id", "=", instanceId)
      .where("state", "=", DEAD)
      .where("reader", "=", this.#reader)
      .where("target", "=", target)
      .executeTakeFirst();
    return row?.id ?? 0;
  }

  async #again(tx: Transaction, instanceId: string, ids: readonly number[]): Promise<NewTask[]> {
    if (ids.length === 0) return [];
    const rows = await tx
      .selectFrom("task")
      .innerJoin("event", (join) =>
        join
          .onRef("event.instance_id", "=", "task.instance_id")
          .onRef("event.number", "=", "task.number"),
      )
      .selectAll("event")
      .select(["task.id as task_id", "task.target", "task.lane"])
      .where("task.reader", "=", this.#reader)
      .where("task.instance_id", "=", instanceId)
      .where("task.id", "in", ids)
      .orderBy("task.id")
      .execute();
    const found = rows.map(({ task_id }) => task_id);
    if (found.length === 0) return [];
    await tx
      .updateTable("task")
      .set({ state: "redelivered" })
      .where("id", "in", found)
      .where("state", "=", "dead")
      .execute();
    return rows.map((row) => ({ event: fromRow(row), target: row.target, lane: row.lane }));
  }
}

export interface DeadTasks {
  readonly instanceId: string;
  readonly target: string;
  readonly after: number;
  readonly upTo: number;
  readonly limit: number;
}

interface FoundTask extends Selectable<TaskRow> {
  readonly event_id: string | null;
  readonly event_name: string | null;
}

function toRecord(row: FoundTask): TaskRecord {
  return {
    id: row.id,
    target: row.target,
    instanceId: row.instance_id,
    eventNumber: row.number,
    eventId: row.event_id,
    eventName: row.event_name,
    state: row.state,
    attempts: row.attempt,
    error: row.error,
    answerStatus: row.answer_status,
    durationMs: row.duration_ms,
    createdAt: row.created_at,
    runAt: row.run_at,
    finishedAt: row.finished_at,
  };
}
