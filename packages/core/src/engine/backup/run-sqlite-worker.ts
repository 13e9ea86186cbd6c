import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { type WaitOptions, waitFor } from "../error/abort.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { SqliteContents, SqliteResult, SqliteWork } from "./sqlite-worker.ts";

/**
 * Copies a SQLite file as it is at one moment, beside whoever writes to it, and checks the copy; or
 * checks one that nobody uses.
 * @returns what is in it
 * @throws DATABASE_FAILED when it cannot be read, written or is damaged; TIMED_OUT, ABORTED
 */
export async function runSqliteWorker(
  work: SqliteWork,
  options: WaitOptions,
): Promise<SqliteContents> {
  // The sources run as they are, the build has the thread beside its other files.
  const program = new URL(`./sqlite-worker${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(program, { workerData: work, execArgv: [] });
  try {
    const answer = once(worker, "message").then(([result]: SqliteResult[]) => result);
    const result = await waitFor(answer, "working on the database file", options);
    if (result?.problem === null) return result;
    throw new Error(result?.problem ?? "no answer");
  } catch (cause) {
    if (cause instanceof OrquestaError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OrquestaError("DATABASE_FAILED", `the database cannot be copied: ${reason}`, {
      cause,
    });
  } finally {
    await worker.terminate();
  }
}
