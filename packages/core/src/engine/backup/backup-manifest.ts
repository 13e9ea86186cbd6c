import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DATABASE_FILE } from "../database/data-file.ts";
import { OrquestaError } from "../error/orquesta-error.ts";

export const MANIFEST_FILE = "manifest.json";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const fileSchema = z.object({
  /** A plain name: nothing outside of the backup is read or written. */
  name: z.string().regex(/^[\w-][\w.-]*$/),
  bytes: z.int().nonnegative(),
  sha256,
});

const mediaSchema = z.object({
  /** `media/<first two digits>/<sha256>` each. */
  files: z.array(z.object({ sha256, bytes: z.int().nonnegative() })).readonly(),
  /** The database refers to these, but they were gone or damaged. */
  missing: z.array(sha256).readonly(),
});

const manifestSchema = z.object({
  format: z.literal(1),
  /** ISO 8601: nothing that was stored before this is missing. */
  createdAt: z.iso.datetime(),
  /** What made it, such as `orquesta 1.2.3`. */
  createdBy: z.string().nullable(),
  /** Of the database, in order. */
  migrations: z.array(z.string()).readonly(),
  files: z.array(fileSchema).min(1).readonly(),
  /** Backups that were made before had none. */
  media: mediaSchema.default({ files: [], missing: [] }),
});

/** What a backup is and holds: `manifest.json`, written last. */
export type BackupManifest = z.output<typeof manifestSchema>;

/** @throws BACKUP_INVALID */
export async function readManifest(directory: string): Promise<BackupManifest> {
  const path = join(directory, MANIFEST_FILE);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new OrquestaError("BACKUP_INVALID", `${directory} is no whole backup: no manifest`, {
      cause,
    });
  });
  const manifest = manifestSchema.safeParse(parseJson(text));
  if (manifest.success && manifest.data.files.some(({ name }) => name === DATABASE_FILE)) {
    return manifest.data;
  }
  throw new OrquestaError("BACKUP_INVALID", `${path} is damaged, or of a newer version`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
