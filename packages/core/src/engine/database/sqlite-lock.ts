import { OrquestaError } from "../error/orquesta-error.ts";
import { lockFile } from "./file-lock.ts";

/**
 * Holds an exclusively locked file beside the database.
 * @throws DATABASE_LOCKED when another process holds it, DATABASE_FAILED when it cannot be opened
 */
export async function lockSqliteFile(path: string): Promise<() => void> {
  const unlock = await lockFile(`${path}.lock`).catch((cause: unknown) => {
    throw new OrquestaError("DATABASE_FAILED", "the database cannot be opened", { cause });
  });
  if (unlock) return unlock;
  throw new OrquestaError(
    "DATABASE_LOCKED",
    `another process uses the database ${path}; talk to it over HTTP or stop it first`,
  );
}
