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

export interface SqliteContents {
  /** Names, in order. */
  readonly migrations: readonly string[];
  /** Hashes of the media that it refers to: those that are kept, and those of messages that are owed. */
  readonly media: readonly string[];
}

export type SqliteResult =
  | ({ readonly problem: null } & SqliteContents)
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

function mediaOf(connection: Database.Database): readonly string[] {
  const hasMedia = connection.prepare("select 1 from sqlite_master where name = 'media'").get();
  // A database of before media could be sent.
  if (hasMedia === undefined) return [];
  const hashes = connection
    .prepare<[], string>("select distinct hash from media where hash is not null")
    .pluck()
    .all();
  const owed = connection
    .prepare<[], string>("select content from outbox where status in ('queued', 'sending')")
    .pluck();
  const all = new Set(hashes);
  for (const content of owed.iterate()) {
    for (const [, hash = ""] of content.matchAll(/"hash":"([0-9a-f]{64})"/g)) all.add(hash);
  }
  return [...all].toSorted();
}

function check(path: string): SqliteContents {
  const connection = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const verdict = connection.pragma("integrity_check", { simple: true });
    if (verdict !== "ok") throw new Error("the database does not pass its integrity check");
    const migrations = connection
      .prepare<[], string>("select name from kysely_migration order by name")
      .pluck()
      .all();
    return { migrations, media: mediaOf(connection) };
  } finally {
    connection.close();
  }
}

function work({ source, copy }: SqliteWork): SqliteResult {
  try {
    if (copy !== undefined) snapshot(source, copy);
    return { problem: null, ...check(copy ?? source) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.postMessage(work(workerData));
