/**
 * Locks a file for this process, which must be there only for that. The kernel frees it when the process
 * dies, however it dies, so there is no stale lock to clean up after a kill.
 * @returns what frees it; null when somebody else holds it, in this process or in another one
 */
export async function lockFile(path: string): Promise<(() => void) | null> {
  const { default: Database } = await import("better-sqlite3");
  const lock = new Database(path, { timeout: 0 });
  try {
    lock.pragma("locking_mode = EXCLUSIVE");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY")) return null;
    throw error;
  }
  return () => {
    if (lock.open) lock.close();
  };
}
