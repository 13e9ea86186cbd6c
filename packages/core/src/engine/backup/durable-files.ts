import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, open } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { BackupManifest } from "./backup-manifest.ts";

/** Makes what was written outlast a loss of power. Also for a directory: its entries. */
export async function syncToDisk(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** For its owner only, on the disk; with what tells later whether it is still the same. */
export async function sealFile(
  directory: string,
  name: string,
): Promise<BackupManifest["files"][number]> {
  const path = join(directory, name);
  await chmod(path, 0o600);
  await syncToDisk(path);
  return { name, ...(await measure(path)) };
}

async function measure(path: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash("sha256");
  const source = createReadStream(path);
  await pipeline(source, hash);
  return { bytes: source.bytesRead, sha256: hash.digest("hex") };
}
