import type { Selectable } from "kysely";
import { BulkInserter } from "../database/bulk-inserter.ts";
import type { Database } from "../database/database.ts";
import type { EventRow, TaskRow } from "../database/schema.ts";
import type { Transaction } from "../database/transaction.ts";
import { endWithoutEvent } from "./erased-event.ts";
import { fromRow } from "./event-row.ts";
import type { NewTask, Task } from "./worker.ts";

/** The task table of one reader: what is to be done, what was done, what was given up. */
export class TaskStore {
  readonly #database: Database;
  readonly #reader: string;
  readonly #inserts: BulkInserter<"task">;

  constructor(database: Database, reader: string) {
    this.#database = database;
    this.#reader = reader;
    this.#inserts = new BulkInserter(database.dialect, {
      table: "task",
      columns: [
        "reader",
        "target",
        "lane",
        "instance_id",
        "number",
        "state",
        "attempt",
        "run_at",
        "error",
        "created_at",
        "finished_at",
      ],
      suffix: 'returning "id"',
    });
  }

  async insert(tx: Transaction, tasks: readonly NewTask[]): Promise<Task[]> {
    const now = Date.now();
    const rows = await this.#inserts.insert<{ id: number }>(
      tx,
      tasks.map(({ event, target, lane }) => ({
        reader: this.#reader,
        target,
        lane,
        instance_id: event.instanceId,
        number: event.number,
        state: "pending" as const,
        attempt: 0,
        run_at: now,
        error: null,
        created_at: now,
        finished_at: null,
      })),
    );
    // Both engines hand out ids in the order of the values, but promise no order of what they return.
    const ids = rows.map(({ id }) => id).sort((a, b) => a - b);
    return tasks.map((task, index) => ({
      ...task,
      id: ids[index] ?? 0,
      attempt: 0,
      createdAt: now,
    }));
  }

  /** Targets of these instances that have something to do. */
  async pendingTargets(
    instanceIds: readonly string[],
  ): Promise<{ target: string; instanceId: string }[]> {
    if (instanceIds.length === 0) return [];
    const rows = await this.#database.queries
      .selectFrom("task")
      .select(["target", "instance_id"])
      .distinct()
      .where("reader", "=", this.#reader)
      .where("state", "=", "pending")
      .where("instance_id", "in", instanceIds)
      .execute();
    return rows.map((row) => ({ target: row.target, instanceId: row.instance_id }));
  }

  /**
   * Pending tasks of a target above an id, in order. Goes through the write queue, so that marks which
   * were made before are seen. Tasks whose event was erased end here.
   */
  async load(target: string, afterId: number, limit: number, lane?: string): Promise<Task[]> {
    for (;;) {
      const rows = await this.#database.write(async (tx) => {
        const found = await this.#pending(tx, target, afterId, limit, lane);
        const erased = found.filter(({ id }) => id === null).map(({ task_id }) => task_id);
        if (erased.length === 0) return found;
        await endWithoutEvent(tx, (tasks) => tasks.where("id", "in", erased));
        return null;
      });
      if (rows) return rows.filter(hasEvent).map(toTask);
    }
  }

  async #pending(
    tx: Transaction,
    target: string,
    afterId: number,
    limit: number,
    lane: string | undefined,
  ): Promise<Loaded[]> {
    let query = tx
      .selectFrom("task")
      .leftJoin("event", (join) =>
        join
          .onRef("event.instance_id", "=", "task.instance_id")
          .onRef("event.number", "=", "task.number"),
      )
      .selectAll("event")
      .select(["task.id as task_id", "task.target", "task.lane", "task.attempt", "task.created_at"])
      .where("task.reader", "=", this.#reader)
      .where("task.target", "=", target)
      .where("task.state", "=", "pending")
      .where("task.id", ">", afterId);
    if (lane !== undefined) query = query.where("task.lane", "=", lane);
    return query.orderBy("task.id").limit(limit).execute();
  }
}

type OfTask = Pick<Selectable<TaskRow>, "target" | "lane" | "attempt" | "created_at"> & {
  readonly task_id: number;
};
type Loaded = { readonly [Column in keyof EventRow]: EventRow[Column] | null } & OfTask;

/** A row of the outer join holds the whole event or nothing of it. */
function hasEvent(row: Loaded): row is EventRow & OfTask {
  return row.id !== null;
}

function toTask(row: EventRow & OfTask): Task {
  return {
    id: row.task_id,
    target: row.target,
    lane: row.lane,
    attempt: row.attempt,
    createdAt: row.created_at,
    event: fromRow(row),
  };
}
