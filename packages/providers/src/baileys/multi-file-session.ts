import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { OrquestaError, parse, type SessionSnapshot, type SnapshotKey } from "@orquesta/core";
import type { AuthenticationCreds } from "@whiskeysockets/baileys";
import { z } from "zod";
import { type BaileysLibrary, loadBaileys } from "./baileys-library.ts";
import { baileysOptionsSchema } from "./baileys-options.ts";
import { CREDENTIALS_ID } from "./credentials.ts";
import { fallbackCodec, type KeyCodec, makeKeyCodecs } from "./key-codec.ts";
import { readKeyName } from "./multi-file-name.ts";
import { accountOf } from "./own-account.ts";
import { CREDENTIALS_TYPE } from "./own-key-types.ts";

const CREDENTIALS_FILE = "creds.json";
/** The largest file of an honest session is a few hundred kilobytes. */
const MAX_FILE_BYTES = 4 * 2 ** 20;
const MAX_TOTAL_BYTES = 128 * 2 ** 20;
const MAX_FILES = 200_000;
const READ_AT_A_TIME = 32;
/** They would become something else than data where an object is copied. */
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

const bytes = (length: number) =>
  z.instanceof(Uint8Array).refine((value) => value.length === length, `must be ${length} bytes`);
const keyPair = z.object({ private: bytes(32), public: bytes(32) });
const someBytes = z.instanceof(Uint8Array);

/** As much of the credentials as a login needs. */
const credentialsSchema = z.looseObject({
  noiseKey: keyPair,
  signedIdentityKey: keyPair,
  signedPreKey: z.looseObject({ keyPair, signature: bytes(64), keyId: z.int() }),
  registrationId: z.int(),
  advSecretKey: z.string(),
  me: z.looseObject({
    id: z.string().regex(/^\d+(:\d+)?@s\.whatsapp\.net$/, "must be a WhatsApp address"),
    lid: z.string().optional(),
    name: z.string().optional(),
  }),
  account: z.looseObject({
    details: someBytes,
    accountSignatureKey: someBytes,
    accountSignature: someBytes,
    deviceSignature: someBytes,
  }),
});

/**
 * The session in a folder of Baileys' `useMultiFileAuthState`, for `manager.sessions.import`. The
 * program that uses the folder has to be ended first, and for good: two users of one session throw each
 * other out. The folder is only read. Files that are no session keys are passed by.
 * @throws VALIDATION_FAILED when it is no such folder, is not paired, or holds what no session holds;
 *   PROVIDER_LIBRARY_MISSING
 */
export async function multiFileSession(folder: string): Promise<SessionSnapshot> {
  const names = await listFiles(folder);
  const library = await loadBaileys(baileysOptionsSchema.parse({}));
  const creds = await readCredentials(folder, names, library);
  const codecs = makeKeyCodecs(library);
  const value = fallbackCodec.encode(creds);
  const keys: SnapshotKey[] = [
    { type: CREDENTIALS_TYPE, id: CREDENTIALS_ID, value, expiresAt: null },
  ];
  let total = 0;
  for (let from = 0; from < names.length; from += READ_AT_A_TIME) {
    const read = names.slice(from, from + READ_AT_A_TIME).map(async (name) => {
      const found = readKeyName(name);
      if (found === null) return null;
      const codec = codecs[found.type] ?? fallbackCodec;
      return { ...found, value: await readKey(folder, name, library, codec), expiresAt: null };
    });
    for (const key of await Promise.all(read)) {
      if (key === null) continue;
      total += key.value.length;
      if (total > MAX_TOTAL_BYTES) throw invalid("the folder holds too much for one session");
      keys.push(key);
    }
  }
  return { provider: "baileys", account: accountOf(creds.me), keys };
}

async function listFiles(folder: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw invalid("there is no such folder, or it cannot be read", cause);
  }
  if (entries.length > MAX_FILES) throw invalid("the folder holds too many files for one session");
  // Links lead anywhere; a session has none.
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function readCredentials(folder: string, names: readonly string[], library: BaileysLibrary) {
  if (!names.includes(CREDENTIALS_FILE)) throw invalid(`the folder has no ${CREDENTIALS_FILE}`);
  const stored = withAccountBytes(await readJson(folder, CREDENTIALS_FILE, library), library);
  const checked = parse(credentialsSchema, stored, `${CREDENTIALS_FILE} of a paired session`);
  // The schema has seen what a login needs; the rest is Baileys' own and goes back to it.
  return stored as AuthenticationCreds & Pick<typeof checked, "me">;
}

/** The account is a protobuf message, whose JSON has base64 where it has bytes. */
function withAccountBytes(stored: unknown, { proto }: BaileysLibrary): unknown {
  if (typeof stored !== "object" || stored === null || !("account" in stored)) return stored;
  const { account } = stored;
  if (typeof account !== "object" || account === null) return stored;
  try {
    return { ...stored, account: proto.ADVSignedDeviceIdentity.fromObject(account) };
  } catch {
    throw invalid(`${CREDENTIALS_FILE}: account does not hold what it should`);
  }
}

async function readKey(
  folder: string,
  name: string,
  library: BaileysLibrary,
  codec: KeyCodec,
): Promise<Uint8Array> {
  const value = await readJson(folder, name, library);
  try {
    const encoded = codec.encode(toStored(name, value, library));
    // What cannot be read back would end the session later, when nobody looks.
    codec.decode(encoded);
    return encoded;
  } catch {
    throw invalid(`${name.slice(0, 128)} does not hold what it should`);
  }
}

/** Baileys does the same when it reads such a file. */
function toStored(name: string, value: unknown, { proto }: BaileysLibrary): unknown {
  if (value === null) throw new TypeError("nothing");
  if (!name.startsWith("app-state-sync-key-")) return value;
  return proto.Message.AppStateSyncKeyData.fromObject(
    // It refuses what it does not like.
    value as Parameters<typeof proto.Message.AppStateSyncKeyData.fromObject>[0],
  );
}

async function readJson(
  folder: string,
  name: string,
  { BufferJSON }: BaileysLibrary,
): Promise<unknown> {
  const path = join(folder, name);
  const { size } = await stat(path);
  if (size > MAX_FILE_BYTES) throw invalid(`${name.slice(0, 128)} is too large`);
  try {
    return JSON.parse(await readFile(path, "utf8"), (key, value: unknown) => {
      if (FORBIDDEN.has(key)) throw new TypeError("a forbidden name");
      return BufferJSON.reviver(key, value);
    });
  } catch {
    // Without its cause, which repeats what it did not like: a key.
    throw invalid(`${name.slice(0, 128)} is not the JSON of a session`);
  }
}

function invalid(message: string, cause?: unknown): OrquestaError {
  return new OrquestaError("VALIDATION_FAILED", message, { cause });
}
