import { sql, type UpdateQueryBuilder, type UpdateResult } from "kysely";
import type { Schema } from "../database/schema.ts";
import type { Transaction } from "../database/transaction.ts";

type TaskUpdate = UpdateQueryBuilder<Schema, "task", "task", UpdateResult>;

/** Ends pending tasks whose event is gone: nobody can do them any more, and their lane goes on. */
export async function endWithoutEvent(
  tx: Transaction,
  choose: (tasks: TaskUpdate) => TaskUpdate,
): Promise<void> {
  const tasks = tx
    .updateTable("task")
    .set({
      state: "dead",
      finished_at: Date.now(),
      error: "retention erased the event before this was done",
    })
    .where(sql<boolean>`state = 'pending'`);
  await choose(tasks).execute();
}
