import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DATABASE_FILE } from "../database/data-file.ts";
import type { WaitOptions } from "../error/abort.ts";
import { isOrquestaError, OrquestaError } from "../error/orquesta-error.ts";
import { SECRET_FILE } from "../seal/secret-file.ts";
import { type BackupManifest, MANIFEST_FILE } from "./backup-manifest.ts";
import { sealFile, syncToDisk } from "./durable-files.ts";
import { copyMedia, MEDIA_DIRECTORY } from "./media-files.ts";
import { runSqliteWorker } from "./run-sqlite-worker.ts";

export interface BackupOptions extends WaitOptions {
  /** The data directory; an engine may be at work in it. */
  readonly dataDir: string;
  /** The backup itself: a directory that does not exist yet, or is empty. */
  readonly to: string;
  /** Names of further files of the data directory that belong to it, where they exist. */
  readonly files?: readonly string[];
  /** Where media are kept, when it is elsewhere. @default "media" in the data directory */
  readonly mediaDirectory?: string;
  /** What makes the backup, such as `orquesta 1.2.3`. @default null */
  readonly createdBy?: string | null;
}

/**
 * Copies a data directory as it is at one moment, beside an engine that goes on: database, secret and
 * further files, for their owner only. The copy is checked, and comes to stand under its name when it is
 * whole; the moment is the one at which copying begins. The media that the database refers to are copied
 * after it: one that is gone by then is named in the manifest, and no reason to fail.
 * @throws CONFIGURATION_INVALID when there is nothing to back up or `to` is in use; BACKUP_FAILED,
 *   DATABASE_FAILED, TIMED_OUT, ABORTED: then nothing is left of it
 */
export async function createBackup(options: BackupOptions): Promise<BackupManifest> {
  const [from, to] = [resolve(options.dataDir), resolve(options.to)];
  const present = await entriesOf(from);
  if (!present.includes(DATABASE_FILE)) {
    throw new OrquestaError("CONFIGURATION_INVALID", `there is no database in ${from}`);
  }
  if ((await entriesOf(to)).length > 0) {
    throw new OrquestaError("CONFIGURATION_INVALID", `${to} is not empty`);
  }
  const further = [SECRET_FILE, ...(options.files ?? [])].filter((name) => present.includes(name));
  const draft = `${to}.partial-${randomUUID()}`;
  try {
    await mkdir(draft, { recursive: true, mode: 0o700 });
    const manifest = await fill(draft, from, further, options);
    await rename(draft, to);
    await syncToDisk(dirname(to));
    return manifest;
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    if (isOrquestaError(cause)) throw cause;
    throw new OrquestaError("BACKUP_FAILED", `${to} could not be written`, { cause });
  }
}

async function fill(
  draft: string,
  from: string,
  further: readonly string[],
  { createdBy = null, mediaDirectory, ...wait }: BackupOptions,
): Promise<BackupManifest> {
  const createdAt = new Date().toISOString();
  const work = { source: join(from, DATABASE_FILE), copy: join(draft, DATABASE_FILE) };
  const { migrations, media: hashes } = await runSqliteWorker(work, wait);
  for (const name of further) {
    await copyFile(join(from, name), join(draft, name), constants.COPYFILE_EXCL);
  }
  const files = [];
  for (const name of [DATABASE_FILE, ...further]) files.push(await sealFile(draft, name));
  const media = await copyMedia(hashes, {
    from: mediaDirectory ?? join(from, MEDIA_DIRECTORY),
    to: join(draft, MEDIA_DIRECTORY),
    signal: wait.signal,
  });
  const manifest = { format: 1, createdAt, createdBy, migrations, files, media } as const;
  const path = join(draft, MANIFEST_FILE);
  await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
  await syncToDisk(draft);
  return manifest;
}

async function entriesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw new OrquestaError("CONFIGURATION_INVALID", `${directory} is not a directory to read`, {
      cause,
    });
  }
}
