import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DATABASE_FILE } from "../database/data-file.ts";
import { createMigrations } from "../database/migrations/migrations.ts";
import { sqliteDialect } from "../database/sqlite-dialect.ts";
import { lockSqliteFile } from "../database/sqlite-lock.ts";
import type { WaitOptions } from "../error/abort.ts";
import { isOrquestaError, OrquestaError } from "../error/orquesta-error.ts";
import { type BackupManifest, readManifest } from "./backup-manifest.ts";
import { sealFile, syncToDisk } from "./durable-files.ts";
import { copyMedia, MEDIA_DIRECTORY } from "./media-files.ts";
import { runSqliteWorker } from "./run-sqlite-worker.ts";

export interface RestoreOptions extends WaitOptions {
  /** A directory that `createBackup` made; it stays as it is. */
  readonly from: string;
  /** The data directory to be; made when it does not exist. */
  readonly dataDir: string;
  /** Moves what is in the data directory aside, into `replaced-<time>` in it. @default false */
  readonly force?: boolean;
}

export interface Restored {
  readonly manifest: BackupManifest;
  /** Where that went which was in the data directory; null when nothing was. */
  readonly replaced: string | null;
  /** Hashes of media that are not there: missing or damaged in the backup. */
  readonly missingMedia: readonly string[];
}

const STAGING = ".restoring-";
const REPLACED = "replaced-";

/**
 * Makes a data directory of a backup. Everything is copied and checked first; what is there already is
 * left alone until then. Media that are missing or damaged are told, and do not hold it up.
 * @throws BACKUP_INVALID when it is damaged, incomplete or of a newer version; DATABASE_LOCKED when an
 *   engine uses the data directory; CONFIGURATION_INVALID when it is not empty; BACKUP_FAILED,
 *   TIMED_OUT, ABORTED
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const [from, dataDir] = [resolve(options.from), resolve(options.dataDir)];
  const manifest = await readManifest(from);
  refuseNewer(manifest);
  let unlock = () => {};
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    // Held to the end: no engine may start on half of it.
    unlock = await lockSqliteFile(join(dataDir, DATABASE_FILE));
    const present = await clean(dataDir);
    if (present.length > 0 && options.force !== true) throw notEmpty(dataDir);
    const staging = join(dataDir, `${STAGING}${randomUUID()}`);
    try {
      const media = await stage(manifest, from, staging, options);
      const replaced = await moveAside(dataDir, present);
      if (media.files.length > 0) {
        await rename(join(staging, MEDIA_DIRECTORY), join(dataDir, MEDIA_DIRECTORY));
      }
      // The database last: without it there is nothing to start on.
      for (const { name } of manifest.files.toReversed()) {
        await rename(join(staging, name), join(dataDir, name));
      }
      await syncToDisk(dataDir);
      return { manifest, replaced, missingMedia: [...manifest.media.missing, ...media.missing] };
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  } catch (cause) {
    if (isOrquestaError(cause)) throw cause;
    throw new OrquestaError("BACKUP_FAILED", `${dataDir} could not be written`, { cause });
  } finally {
    unlock();
  }
}

function refuseNewer({ migrations }: BackupManifest): void {
  const known = createMigrations(sqliteDialect({ path: ":memory:" }));
  const unknown = migrations.filter((name) => !Object.hasOwn(known, name));
  if (unknown.length === 0) return;
  throw new OrquestaError(
    "BACKUP_INVALID",
    `the backup is of a newer version: this one does not know ${unknown.join(", ")}`,
  );
}

function notEmpty(dataDir: string): OrquestaError {
  return new OrquestaError(
    "CONFIGURATION_INVALID",
    `${dataDir} is not empty: restore into another directory, or force it, which moves what is there aside`,
  );
}

/** Removes what a restore that was killed has left. @returns what else is there */
async function clean(dataDir: string): Promise<string[]> {
  const entries = await readdir(dataDir);
  for (const name of entries.filter((entry) => entry.startsWith(STAGING))) {
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
  const ours = (name: string) =>
    name.startsWith(STAGING) ||
    name.startsWith(REPLACED) ||
    name.startsWith(`${DATABASE_FILE}.lock`);
  // A file system of its own may have that one.
  return entries.filter((name) => !ours(name) && name !== "lost+found");
}

async function stage(
  { files, media }: BackupManifest,
  from: string,
  staging: string,
  wait: WaitOptions,
): Promise<BackupManifest["media"]> {
  await mkdir(staging, { mode: 0o700 });
  for (const file of files) {
    const { name } = file;
    await copyFile(join(from, name), join(staging, name), constants.COPYFILE_EXCL).catch(
      (cause: unknown) => {
        const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
        if (isMissing) throw invalid(`${name} is missing`, cause);
        throw cause;
      },
    );
    const { bytes, sha256 } = await sealFile(staging, name);
    if (bytes !== file.bytes || sha256 !== file.sha256) throw invalid(`${name} was changed`);
  }
  const work = { source: join(staging, DATABASE_FILE) };
  await runSqliteWorker(work, wait).catch((cause: unknown) => {
    if (isOrquestaError(cause, "DATABASE_FAILED")) throw invalid("its database is broken", cause);
    throw cause;
  });
  const hashes = media.files.map(({ sha256 }) => sha256);
  const [source, to] = [join(from, MEDIA_DIRECTORY), join(staging, MEDIA_DIRECTORY)];
  return await copyMedia(hashes, { from: source, to, signal: wait.signal });
}

function invalid(what: string, cause?: unknown): OrquestaError {
  return new OrquestaError("BACKUP_INVALID", `the backup is damaged: ${what}`, { cause });
}

async function moveAside(dataDir: string, present: readonly string[]): Promise<string | null> {
  if (present.length === 0) return null;
  const replaced = join(dataDir, `${REPLACED}${new Date().toISOString().replaceAll(":", "-")}`);
  await mkdir(replaced, { mode: 0o700 });
  for (const name of present) await rename(join(dataDir, name), join(replaced, name));
  return replaced;
}
