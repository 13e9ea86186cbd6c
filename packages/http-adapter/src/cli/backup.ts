import { createBackup, OrquestaError, restoreBackup } from "@orquesta/core";
import { KEYS_FILE } from "../server/server-keys.ts";
import { readVersion } from "../server/version.ts";
import { readEnvironment } from "./read-environment.ts";

const SECRET_FILE = "secret.key";

/** @throws CAPABILITY_MISSING when the data is elsewhere */
function readDataDir(command: string): string {
  const { dataDir, databaseUrl } = readEnvironment();
  if (databaseUrl === undefined) return dataDir;
  throw new OrquestaError(
    "CAPABILITY_MISSING",
    `${command} is for the SQLite file in DATA_DIR; with DATABASE_URL use pg_dump and pg_restore, and keep the files of DATA_DIR beside it`,
  );
}

/** Copies the data directory, beside a server that may be running, and says what is in the copy. */
export async function backUp({ to }: { readonly to: string }): Promise<void> {
  const dataDir = readDataDir("backup");
  const createdBy = `orquesta ${readVersion()}`;
  const { files, media } = await createBackup({ dataDir, to, files: [KEYS_FILE], createdBy });
  for (const { name, bytes } of files) console.log(`  ${name}  ${bytes} bytes`);
  console.log(`  media  ${media.files.length} files`);
  tellMissing(media.missing);
  if (!files.some(({ name }) => name === SECRET_FILE)) {
    console.log("The secret is not in it: without your ORQUESTA_SECRET it cannot be used.");
  }
  console.log(`Backed up ${dataDir} to ${to}`);
}

function tellMissing({ length }: readonly string[]): void {
  if (length > 0) console.log(`Media that the database refers to, but that are missing: ${length}`);
}

export interface RestoreArguments {
  readonly from: string;
  readonly force: boolean;
}

/** Makes the data directory of a backup, and says what to mind. */
export async function restore({ from, force }: RestoreArguments): Promise<void> {
  const dataDir = readDataDir("restore");
  const { manifest, replaced, missingMedia } = await restoreBackup({ from, dataDir, force });
  if (replaced !== null) console.log(`What was there before is in ${replaced}`);
  tellMissing(missingMedia);
  console.log(`Restored ${dataDir} as it was at ${manifest.createdAt}`);
  console.log("Start the server only when the one that this was copied from has ended for good:");
  console.log("an account that runs twice loses messages, and its platform may log it out.");
}
