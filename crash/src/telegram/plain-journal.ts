import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const PLAIN_JOURNAL = "plain-journal.txt";

/** How often each `<account>/<peer>/<message id>` was handled the plain way. */
export function countPlain(dataDir: string): Map<string, number> {
  const path = join(dataDir, PLAIN_JOURNAL);
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  const counts = new Map<string, number>();
  for (const line of lines) if (line !== "") counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
