import { randomUUID } from "node:crypto";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import type { Database } from "../database/database.ts";
import { type BlobStore, DRAFT_PREFIX } from "./blob-store.ts";
import type { MediaRecords } from "./media-records.ts";

export interface BlobPruningParts {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly records: MediaRecords;
}

/** Longer than anything takes to be read, converted and referred to. */
const GRACE_MS = 15 * 60_000;
const TRASH_PREFIX = "trash-";
const ROWS_AT_A_TIME = 250;

/**
 * Erases the files that nothing refers to: no medium that is kept, and no message that is still owed. A
 * file that was put a short while ago is left alone: what refers to it is about to be stored.
 */
export class BlobPruning {
  readonly name = "blobs";
  readonly #parts: BlobPruningParts;

  constructor(parts: BlobPruningParts) {
    this.#parts = parts;
  }

  async *pieces(now: number): AsyncGenerator<number> {
    const directory = await this.#parts.blobs.directory();
    const before = now - GRACE_MS;
    const entries = await readdir(directory);
    for (const name of entries.filter((entry) => entry.startsWith(TRASH_PREFIX))) {
      await putBack(directory, name);
    }
    yield await eraseDrafts(directory, entries, before);
    let owed: ReadonlySet<string> | null = null;
    for (const shard of entries.filter((entry) => /^[0-9a-f]{2}$/.test(entry))) {
      const old = await olderThan(join(directory, shard), before);
      if (old.length === 0) continue;
      owed ??= await this.#owed();
      const kept = new Set(await this.#parts.records.kept(old));
      let erased = 0;
      for (const hash of old) {
        if (kept.has(hash) || owed.has(hash)) continue;
        if (await erase(directory, hash, before)) erased += 1;
      }
      yield erased;
    }
  }

  /** The blobs of messages that are not sent yet. */
  async #owed(): Promise<ReadonlySet<string>> {
    const hashes = new Set<string>();
    for (let after = 0; ; ) {
      const rows = await this.#parts.database.queries
        .selectFrom("outbox")
        .select(["seq", "content"])
        .where(sql<boolean>`status in ('queued', 'sending')`)
        .where("seq", ">", after)
        .orderBy("seq")
        .limit(ROWS_AT_A_TIME)
        .execute();
      for (const { seq, content } of rows) {
        after = seq;
        for (const [, hash] of content.matchAll(/"hash":"([0-9a-f]{64})"/g)) hashes.add(hash ?? "");
      }
      if (rows.length < ROWS_AT_A_TIME) return hashes;
    }
  }
}

/** What a process that died, or was cut off, has left. */
async function eraseDrafts(
  directory: string,
  entries: readonly string[],
  before: number,
): Promise<number> {
  let erased = 0;
  for (const name of entries.filter((entry) => entry.startsWith(DRAFT_PREFIX))) {
    const path = join(directory, name);
    if (!(await isOlder(path, before))) continue;
    await rm(path, { force: true });
    erased += 1;
  }
  return erased;
}

async function olderThan(shard: string, before: number): Promise<string[]> {
  const names = (await readdir(shard)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const old: string[] = [];
  for (const name of names) if (await isOlder(join(shard, name), before)) old.push(name);
  return old;
}

/**
 * Takes the file away before it looks at it once more: the same bytes may have been put there meanwhile,
 * also by another process, and those have to stay.
 */
async function erase(directory: string, hash: string, before: number): Promise<boolean> {
  const trash = `${TRASH_PREFIX}${hash}-${randomUUID()}`;
  const path = join(directory, trash);
  try {
    await rename(join(directory, hash.slice(0, 2), hash), path);
  } catch {
    return false;
  }
  if (await isOlder(path, before)) {
    await rm(path, { force: true });
    return true;
  }
  await putBack(directory, trash);
  return false;
}

async function putBack(directory: string, trash: string): Promise<void> {
  const hash = trash.slice(TRASH_PREFIX.length, TRASH_PREFIX.length + 64);
  await rename(join(directory, trash), join(directory, hash.slice(0, 2), hash)).catch(() => {});
}

/** One that is gone is not older. */
async function isOlder(path: string, before: number): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtimeMs < before;
}
