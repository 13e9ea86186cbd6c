import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import type { Logger } from "../log/logger.ts";
import type { Task } from "./worker.ts";

interface Failure {
  readonly task: Task;
  readonly at: number;
  readonly error: string;
}

/** How long a mark that nobody waits for may gather company. A crash meanwhile only repeats what was done. */
const GATHER_MS = 10;

/** Writes down how tasks go, many in one statement. */
export class TaskMarks {
  readonly #database: Database;
  readonly #logger: Logger;
  #started: number[] = [];
  #done: number[] = [];
  #retries: Failure[] = [];
  #dead: Failure[] = [];
  #starting: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
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

  done(id: number): void {
    this.#done.push(id);
    this.#flushLater();
  }

  retry(task: Task, at: number, error: string): void {
    this.#retries.push({ task, at, error });
    this.#flushLater();
  }

  dead(task: Task, error: string): void {
    this.#dead.push({ task, at: Date.now(), error });
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
      await storeDone(tx, done);
      // A failure and the start of the next try may meet in here: in the order in which they happened.
      for (const failure of retries) await storeRetry(tx, failure);
      await storeStarted(tx, started);
      for (const failure of dead) await storeDead(tx, failure);
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

async function storeDone(tx: Transaction, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable("task")
    .set({ state: "done", finished_at: Date.now(), error: null })
    .where("id", "in", ids)
    .execute();
}

async function storeStarted(tx: Transaction, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable("task")
    .set((eb) => ({ attempt: eb("attempt", "+", 1) }))
    .where("id", "in", ids)
    .execute();
}

async function storeRetry(tx: Transaction, { task, at, error }: Failure): Promise<void> {
  await tx
    .updateTable("task")
    .set({ run_at: at, attempt: task.attempt, error })
    .where("id", "=", task.id)
    .execute();
}

async function storeDead(tx: Transaction, { task, at, error }: Failure): Promise<void> {
  await tx
    .updateTable("task")
    .set({ state: "dead", finished_at: at, attempt: task.attempt, error })
    .where("id", "=", task.id)
    .execute();
}
