import type { Database } from "../database/database.ts";
import type { Logger } from "../log/logger.ts";

interface Retry {
  readonly id: number;
  readonly runAt: number;
  readonly error: string;
}

/**
 * Writes down how tasks go, many in one statement. Marks that are made in one turn of the event loop
 * are stored together.
 */
export class TaskMarks {
  readonly #database: Database;
  readonly #logger: Logger;
  #started: number[] = [];
  #done: number[] = [];
  #retries: Retry[] = [];
  #dead: Retry[] = [];
  #flushing: Promise<void> | null = null;

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
  }

  /** Resolves when it is durable that a run has begun: only then can a later run tell that it is a repeat. */
  start(id: number): Promise<void> {
    this.#started.push(id);
    return this.#flush();
  }

  done(id: number): void {
    this.#done.push(id);
    this.#flushLater();
  }

  retry(id: number, runAt: number, error: string): void {
    this.#retries.push({ id, runAt, error });
    this.#flushLater();
  }

  dead(id: number, error: string): void {
    this.#dead.push({ id, runAt: Date.now(), error });
    this.#flushLater();
  }

  /** A mark that is lost makes a task run again, which every worker must bear; nothing waits for it. */
  #flushLater(): void {
    this.#flush().catch((error: unknown) => {
      this.#logger.error("task marks could not be stored", { error });
    });
  }

  #flush(): Promise<void> {
    this.#flushing ??= this.#write();
    return this.#flushing;
  }

  async #write(): Promise<void> {
    await Promise.resolve();
    this.#flushing = null;
    const started = this.#started.splice(0);
    const done = this.#done.splice(0);
    const retries = this.#retries.splice(0);
    const dead = this.#dead.splice(0);
    await this.#database.write(async (tx) => {
      const now = Date.now();
      if (done.length > 0) {
        await tx
          .updateTable("task")
          .set({ state: "done", finished_at: now, error: null })
          .where("id", "in", done)
          .execute();
      }
      if (started.length > 0) {
        await tx
          .updateTable("task")
          .set((eb) => ({ attempt: eb("attempt", "+", 1) }))
          .where("id", "in", started)
          .execute();
      }
      for (const { id, runAt, error } of retries) {
        await tx.updateTable("task").set({ run_at: runAt, error }).where("id", "=", id).execute();
      }
      for (const { id, error } of dead) {
        await tx
          .updateTable("task")
          .set({ state: "dead", finished_at: now, error })
          .where("id", "=", id)
          .execute();
      }
    });
  }
}
