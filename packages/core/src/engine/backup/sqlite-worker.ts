/**
 * A thread that works on SQLite files beside the engine: copying and checking a large one takes
 * seconds, in which a turn of the event loop would not end. It imports nothing of the engine, so that
 * it is one file in the sources and in the build.
 */
import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";

export interface SqliteWork {
  /** Read, never written. */
  readonly source: string;
  /** Where a copy of one moment goes; without it the source itself is checked. */
  readonly copy?: string;
}

export type SqliteResult =
  | { readonly problem: null; readonly migrations: readonly string[] }
  | { readonly problem: string };

function snapshot(source: string, copy: string): void {
  // Read-only: it neither checkpoints nor removes the log of an engine that is at work on the file.
  const connection = new Database(source, { readonly: true, fileMustExist: true });
  try {
    // One read transaction, which in WAL mode holds up no writer. The backup API, by contrast, starts
    // again with every commit of another connection, and so may never end under traffic.
    connection.prepare("vacuum into ?").run(copy);
  } finally {
    connection.close();
  }
}

function check(path: string): readonly string[] {
  const connection = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const verdict = connection.pragma("integrity_check", { simple: true });
    if (verdict !== "ok") throw new Error("the database does not pass its integrity check");
    return connection
      .prepare<[], string>("select name from kysely_migration order by name")
      .pluck()
      .all();
  } finally {
    connection.close();
  }
}

function work({ source, copy }: SqliteWork): SqliteResult {
  try {
    if (copy !== undefined) snapshot(source, copy);
    return { problem: null, migrations: check(copy ?? source) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.postMessage(work(workerData));
