import { randomBytes } from "node:crypto";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { OrquestaError } from "@orquesta/core";
import { z } from "zod";

/** Name of the file in the data directory. */
export const KEYS_FILE = "keys.json";

const KEY_NAMES = ["apiKey", "globalApiKey", "jwtSecret"] as const;
type KeyName = (typeof KEY_NAMES)[number];

const keyFileSchema = z.partialRecord(z.enum(KEY_NAMES), z.string().min(16));
type KeyFile = z.output<typeof keyFileSchema>;

export interface ServerKeys extends Readonly<Record<KeyName, string>> {
  /** The file that holds those that nobody configured; null when all of them were. */
  readonly keptIn: string | null;
}

/**
 * The keys of a server: those configured, and for the others those that its data directory keeps.
 * They are made on the first start, readable by the owner only.
 * @throws CONFIGURATION_INVALID when the file cannot be read or written
 */
export function provideServerKeys(
  dataDir: string,
  configured: Readonly<Record<KeyName, string | undefined>>,
): ServerKeys {
  const missing = KEY_NAMES.filter((name) => configured[name] === undefined);
  const file = join(dataDir, KEYS_FILE);
  const kept = missing.length === 0 ? {} : keep(dataDir, file, missing);
  const pick = (name: KeyName) => configured[name] ?? kept[name] ?? "";
  return {
    apiKey: pick("apiKey"),
    globalApiKey: pick("globalApiKey"),
    jwtSecret: pick("jwtSecret"),
    keptIn: missing.length === 0 ? null : file,
  };
}

function keep(dataDir: string, file: string, names: readonly KeyName[]): KeyFile {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const known = read(file);
    if (known && names.every((name) => known[name] !== undefined)) {
      chmodSync(file, 0o600);
      return known;
    }
    const made = Object.fromEntries(names.map((name) => [name, randomBytes(32).toString("hex")]));
    return write(file, { ...made, ...known }, known !== null);
  } catch (cause) {
    if (cause instanceof OrquestaError) throw cause;
    throw new OrquestaError("CONFIGURATION_INVALID", `${file} cannot be read and written`, {
      cause,
    });
  }
}

function read(file: string): KeyFile | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  try {
    return keyFileSchema.parse(JSON.parse(text));
  } catch {
    // The cause would quote the file, and so a key.
    throw new OrquestaError(
      "CONFIGURATION_INVALID",
      `${file} is damaged: restore it, or remove it to get new keys`,
    );
  }
}

/** Whole or not at all. Of two servers that make the file at once, both take the first one's keys. */
function write(file: string, keys: KeyFile, replace: boolean): KeyFile {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  try {
    if (replace) renameSync(draft, file);
    else linkSync(draft, file);
    return keys;
  } catch (error) {
    const others = read(file);
    if (others) return others;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
