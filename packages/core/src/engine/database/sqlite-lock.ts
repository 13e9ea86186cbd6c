import { OrquestaError } from "../error/orquesta-error.ts";

/**
 * Holds an exclusively locked file beside the database. The kernel frees it when the process dies,
 * however it dies, so there is no stale lock to clean up after a kill.
 * @throws DATABASE_LOCKED when another process holds it
 */
export async function lockSqliteFile(path: string): Promise<() => void> {
  const { default: Database } = await import("better-sqlite3");
  const lock = new Database(`${path}.lock`, { timeout: 0 });
  try {
    lock.pragma("locking_mode = EXCLUSIVE");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    throw new OrquestaError(
      "DATABASE_LOCKED",
      `another process uses the database ${path}; talk to it over HTTP or stop it first`,
      { cause },
    );
  }
  return () => {
    if (lock.open) lock.close();
  };
}
