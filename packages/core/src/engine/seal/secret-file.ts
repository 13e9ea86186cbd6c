import { randomBytes, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OrquestaError } from "../error/orquesta-error.ts";

/** Name of the file in a data directory. */
export const SECRET_FILE = "secret.key";

/**
 * The secret of a data directory: read, or made with mode 0600 on first use. Two processes that start
 * at once end up with the same one.
 * @throws CONFIGURATION_INVALID when the file exists and holds no secret
 */
export function secretOfDirectory(dataDir: string): Uint8Array {
  const path = join(dataDir, SECRET_FILE);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const known = read(path);
  if (known) return known;
  const draft = `${path}.${randomUUID()}.tmp`;
  writeFileSync(draft, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  try {
    linkSync(draft, path);
  } catch {
    // Somebody else was faster: theirs counts.
  } finally {
    rmSync(draft, { force: true });
  }
  const made = read(path);
  if (made) return made;
  throw new OrquestaError("CONFIGURATION_INVALID", `${path} cannot be written`);
}

function read(path: string): Uint8Array | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
  if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, "hex");
  throw new OrquestaError("CONFIGURATION_INVALID", `${path} holds no secret of 64 hex digits`);
}
