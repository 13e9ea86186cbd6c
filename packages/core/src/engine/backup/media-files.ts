import { constants } from "node:fs";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { assertNotAborted } from "../error/abort.ts";
import type { BackupManifest } from "./backup-manifest.ts";
import { sealFile, syncToDisk } from "./durable-files.ts";

/** The directory of media in a data directory, and in a backup. */
export const MEDIA_DIRECTORY = "media";

export interface MediaCopying {
  readonly from: string;
  readonly to: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies media by their hashes, which tell whether they are whole. One that is gone or damaged is missing
 * afterwards, and no reason to give up: what is owed without it cannot be sent, and what came in is
 * fetched from its platform again.
 * @throws ABORTED, the error of the disk
 */
export async function copyMedia(
  hashes: readonly string[],
  { from, to, signal }: MediaCopying,
): Promise<BackupManifest["media"]> {
  const files: { sha256: string; bytes: number }[] = [];
  const missing: string[] = [];
  const shards = new Set<string>();
  for (const hash of hashes) {
    assertNotAborted("copying media", { signal });
    const shard = hash.slice(0, 2);
    await mkdir(join(to, shard), { recursive: true, mode: 0o700 });
    shards.add(shard);
    const bytes = await copyOne(join(from, shard), join(to, shard), hash);
    if (bytes === null) missing.push(hash);
    else files.push({ sha256: hash, bytes });
  }
  for (const shard of shards) await syncToDisk(join(to, shard));
  if (shards.size > 0) await syncToDisk(to);
  return { files, missing };
}

/** @returns its size; null when it is gone or damaged */
async function copyOne(from: string, to: string, hash: string): Promise<number | null> {
  try {
    // Where the file system can, both share their blocks.
    await copyFile(join(from, hash), join(to, hash), constants.COPYFILE_FICLONE);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  const { sha256, bytes } = await sealFile(to, hash);
  if (sha256 === hash) return bytes;
  await rm(join(to, hash));
  return null;
}
