/** Of Node, SQLite and Postgres (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const CODES: readonly unknown[] = ["ENOSPC", "SQLITE_FULL", "53100"];
const MAX_DEPTH = 10;

/** Whether there was no space left on a disk, as the error or one of its causes says. */
export function isDiskFull(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; cause instanceof Error && depth < MAX_DEPTH; depth += 1) {
    if ("code" in cause && CODES.includes(cause.code)) return true;
    cause = cause.cause;
  }
  return false;
}
