import { BulkStatement } from "../database/bulk-statement.ts";
import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import type { Logger } from "../log/logger.ts";
import type { Task } from "./worker.ts";

/** How one run of a task went. */
export interface TaskRun {
  readonly task: Task;
  readonly durationMs: number;
  readonly answerStatus: number | null;
}

interface Mark extends TaskRun {
  readonly at: number;
  readonly error: string | null;
}

/** How long a mark that nobody waits for may gather company. A crash meanwhile only repeats what was done. */
const GATHER_MS = 10;

/** Writes down how tasks go, many in one statement. */
export class TaskMarks {
  readonly #database: Database;
  readonly #logger: Logger;
  readonly #statements: Readonly<Record<"done" | "retry" | "dead", BulkStatement<MarkColumn>>>;
  #started: number[] = [];
  #done: Mark[] = [];
  #retries: Mark[] = [];
  #dead: Mark[] = [];
  #starting: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
    // What retention ended meanwhile stays ended, unless it was done after all.
    const pending = `and "task".state = 'pending'`;
    const statement = (set: string, where = "") => markStatement(database, set, where);
    this.#statements = {
      done: statement("state = 'done', finished_at = ran.column2, error = null"),
      retry: statement("run_at = ran.column2, error = ran.column6", pending),
      dead: statement("state = 'dead', finished_at = ran.column2, error = ran.column6", pending),
    };
  }

  /** Resolves when it is durable that a run has begun: only then can a later run tell that it is a repeat. */
  start(id: number): Promise<void> {
    this.#started.push(id);
    // What is asked for in one turn of microtasks is stored together.
    this.#starting ??= Promise.resolve().then(() => {
      this.#starting = null;
      return this.flush();
    });
    return this.#starting;
  }

  done(run: TaskRun): void {
    this.#done.push({ ...run, at: Date.now(), error: null });
    this.#flushLater();
  }

  /** @param at when it runs again, Unix ms */
  retry(run: TaskRun, at: number, error: string): void {
    this.#retries.push({ ...run, at, error });
    this.#flushLater();
  }

  dead(run: TaskRun, error: string): void {
    this.#dead.push({ ...run, at: Date.now(), error });
    this.#flushLater();
  }

  /** Stores every mark so far. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const started = this.#started.splice(0);
    const done = this.#done.splice(0);
    const retries = this.#retries.splice(0);
    const dead = this.#dead.splice(0);
    if (started.length + done.length + retries.length + dead.length === 0) return;
    await this.#database.write(async (tx) => {
      await this.#statements.done.run(tx, done.map(toValues));
      // A failure and the start of the next try may meet in here: in the order in which they happened.
      for (const retry of retries) await this.#statements.retry.run(tx, [toValues(retry)]);
      await storeStarted(tx, started);
      await this.#statements.dead.run(tx, dead.map(toValues));
    });
  }

  /** A mark that is lost makes a task run again, which every worker must bear. */
  #flushLater(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.flush().catch((error: unknown) => {
        this.#logger.error("task marks could not be stored", { error });
      });
    }, GATHER_MS);
  }
}

const MARK_TYPES = {
  id: "bigint",
  at: "bigint",
  attempt: "bigint",
  answerStatus: "bigint",
  durationMs: "bigint",
  error: "text",
} as const;
type MarkColumn = keyof typeof MARK_TYPES;

/** Both engines call the columns of bare values `column1` and so on. */
function markStatement(
  { dialect }: Database,
  set: string,
  where: string,
): BulkStatement<MarkColumn> {
  const ran = "attempt = ran.column3, answer_status = ran.column4, duration_ms = ran.column5";
  return new BulkStatement(dialect, {
    columns: ["id", "at", "attempt", "answerStatus", "durationMs", "error"],
    types: MARK_TYPES,
    around: (values) =>
      `update "task" set ${set}, ${ran} from (values ${values}) as ran where "task".id = ran.column1 ${where}`,
  });
}

function toValues(mark: Mark): Readonly<Record<MarkColumn, unknown>> {
  const { task, at, answerStatus, durationMs, error } = mark;
  return { id: task.id, at, attempt: task.attempt, answerStatus, durationMs, error };
}

async function storeStarted(tx: Transaction, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable("task")
    .set((eb) => ({ attempt: eb("attempt", "+", 1) }))
    .where("id", "in", ids)
    .execute();
}
