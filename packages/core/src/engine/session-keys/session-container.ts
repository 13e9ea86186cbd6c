import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomBytes,
  type ScryptOptions,
  scrypt,
} from "node:crypto";
import { promisify } from "node:util";
import { z } from "zod";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { SessionSnapshot } from "../provider/session-snapshot.ts";

/*
 * magic | version | salt | nonce | sealed JSON | tag | SHA-256 of everything before it
 *
 * The hash tells a damaged file from a wrong passphrase. It protects nothing: the tag does.
 */
const MAGIC = Buffer.from("orquesta-session");
const VERSION = 1;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HASH_BYTES = 32;
const HEADER_BYTES = MAGIC.length + 1 + SALT_BYTES + NONCE_BYTES;
export const MAX_SESSION_BYTES: number = 128 * 2 ** 20;

/** As OWASP advises for scrypt: 64 MiB, about half a second. Not told by the file, so nobody else chooses them. */
const SCRYPT: ScryptOptions = { N: 2 ** 16, r: 8, p: 2, maxmem: 128 * 2 ** 20 };
const KEY_BYTES = 32;
const deriveKey = promisify<string, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

const text = z.string().min(1).max(512);
const contact = z.object({
  id: text,
  phone: text.nullable(),
  lid: text.nullable(),
  jid: text.nullable(),
  name: z.string().max(1024).nullable(),
});
const contentSchema = z.strictObject({
  provider: text,
  account: contact.nullable(),
  exportedAt: z.iso.datetime(),
  keys: z
    .array(z.tuple([text, text, z.base64(), z.int().nonnegative().nullable()]))
    .min(1)
    .max(1_000_000),
});

/** Seals a session under a passphrase: scrypt (RFC 7914) and AES-256-GCM. */
export async function packSession(
  { provider, account, keys }: SessionSnapshot,
  passphrase: string,
): Promise<Uint8Array> {
  const content: z.input<typeof contentSchema> = {
    provider,
    account,
    exportedAt: new Date().toISOString(),
    keys: keys.map(({ type, id, value, expiresAt }) => [
      type,
      id,
      Buffer.from(value.buffer, value.byteOffset, value.length).toString("base64"),
      expiresAt,
    ]),
  };
  const salt = randomBytes(SALT_BYTES);
  const header = Buffer.concat([MAGIC, Buffer.of(VERSION), salt, randomBytes(NONCE_BYTES)]);
  const cipher = createCipheriv("aes-256-gcm", await keyOf(passphrase, salt), nonceOf(header));
  cipher.setAAD(header);
  const sealed = [cipher.update(JSON.stringify(content)), cipher.final(), cipher.getAuthTag()];
  const body = Buffer.concat([header, ...sealed]);
  return Buffer.concat([body, hashOf(body)]);
}

/**
 * @throws SESSION_EXPORT_DAMAGED (not an export of ours, cut or changed), SESSION_EXPORT_UNSUPPORTED
 *   (made by a newer version), SESSION_PASSPHRASE_WRONG
 */
export async function unpackSession(
  bytes: Uint8Array,
  passphrase: string,
): Promise<SessionSnapshot> {
  const body = checkedBody(bytes);
  const header = body.subarray(0, HEADER_BYTES);
  const salt = header.subarray(MAGIC.length + 1, MAGIC.length + 1 + SALT_BYTES);
  const key = await keyOf(passphrase, salt);
  return parseContent(open(body, key));
}

function checkedBody(bytes: Uint8Array): Buffer {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!whole.subarray(0, MAGIC.length).equals(MAGIC) || whole.length > MAX_SESSION_BYTES) {
    throw damaged("this is not an exported session");
  }
  const version = whole[MAGIC.length];
  if (version !== undefined && version > VERSION) {
    throw new OrquestaError(
      "SESSION_EXPORT_UNSUPPORTED",
      `the session was exported in format ${version}; this version reads up to ${VERSION}`,
    );
  }
  const body = whole.subarray(0, Math.max(0, whole.length - HASH_BYTES));
  const isWhole = body.length > HEADER_BYTES + TAG_BYTES && version === VERSION;
  if (isWhole && hashOf(body).equals(whole.subarray(body.length))) return body;
  throw damaged("the exported session was cut or changed on its way");
}

function open(body: Buffer, key: Buffer): string {
  const header = body.subarray(0, HEADER_BYTES);
  const end = body.length - TAG_BYTES;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(header));
    decipher.setAAD(header);
    decipher.setAuthTag(body.subarray(end));
    const plain = decipher.update(body.subarray(HEADER_BYTES, end));
    return Buffer.concat([plain, decipher.final()]).toString();
  } catch (cause) {
    const message = "the passphrase does not open this session";
    throw new OrquestaError("SESSION_PASSPHRASE_WRONG", message, { cause });
  }
}

function parseContent(json: string): SessionSnapshot {
  try {
    const { provider, account, keys } = contentSchema.parse(JSON.parse(json));
    const snapshot = keys.map(([type, id, value, expiresAt]) => ({
      type,
      id,
      value: new Uint8Array(Buffer.from(value, "base64")),
      expiresAt,
    }));
    return { provider, account, keys: snapshot };
  } catch {
    // Without its cause, which may repeat what it did not like: a key.
    throw damaged("the exported session does not hold what it should");
  }
}

function keyOf(passphrase: string, salt: Uint8Array): Promise<Buffer> {
  // The same letters may be typed as different code points, by keyboard or system.
  return deriveKey(passphrase.normalize("NFKC"), salt, KEY_BYTES, SCRYPT);
}

function nonceOf(header: Buffer): Buffer {
  return header.subarray(HEADER_BYTES - NONCE_BYTES);
}

function hashOf(body: Uint8Array): Buffer {
  return createHash("sha256").update(body).digest();
}

function damaged(message: string): OrquestaError {
  return new OrquestaError("SESSION_EXPORT_DAMAGED", message);
}
