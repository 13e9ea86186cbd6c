import type { BackupManifest } from "../backup/backup-manifest.ts";
import { createBackup } from "../backup/create-backup.ts";
import type { WaitOptions } from "../error/abort.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { Swept } from "../retention/sweeper.ts";
import type { Engine } from "./engine.ts";

/** `manager.storage`: what is kept on disk. */
export class StorageOperations {
  readonly #engine: () => Promise<Engine>;

  constructor(engine: () => Promise<Engine>) {
    this.#engine = engine;
  }

  /**
   * Erases now what `retention` lets go of, a little at a time, beside the traffic; it happens by itself
   * every ten minutes. A call while that is under way joins it.
   * @returns how many rows went, by kind
   */
  async sweep(): Promise<Swept> {
    return (await this.#engine()).sweeper.sweep();
  }

  /**
   * Copies the database, its media and the secret as they are at one moment, beside the traffic, into a directory
   * that does not exist yet or is empty. `restoreBackup` makes a data directory of it.
   * @throws CAPABILITY_MISSING when the database is not the SQLite file in `dataDir`, and what
   *   `createBackup` throws, MANAGER_CLOSED when the manager closes meanwhile: then nothing is left of it
   */
  async backup(directory: string, options: WaitOptions = {}): Promise<BackupManifest> {
    const { dataDir, database, longWork, media } = await this.#engine();
    if (dataDir !== null) {
      const mediaDirectory = await media.blobs.directory();
      return longWork.run(options, (wait) =>
        createBackup({ ...wait, dataDir, mediaDirectory, to: directory }),
      );
    }
    throw new OrquestaError(
      "CAPABILITY_MISSING",
      database.dialect.name === "postgres"
        ? "a Postgres database is backed up with pg_dump"
        : "only the database in dataDir can be backed up",
    );
  }
}
