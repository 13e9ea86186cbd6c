import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, mkdtemp, open, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addAbortSignal, type Readable } from "node:stream";
import { OrquestaError } from "../error/orquesta-error.ts";

export interface Blob {
  /** SHA-256 of the bytes, in hexadecimal digits. */
  readonly hash: string;
  readonly size: number;
}

/** Part of a blob: positions of its first and its last byte. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface PutOptions {
  /** More is MEDIA_TOO_LARGE. */
  readonly maxBytes: number;
  /** Ends the source. */
  readonly signal: AbortSignal;
}

/** Bytes on their way: not yet a blob. */
export const DRAFT_PREFIX = "draft-";

/** Bytes by their hash, as files: the same bytes are kept once, whoever brings them. */
export class BlobStore {
  readonly #fixed: string | null;
  #made: Promise<string> | null = null;

  /** @param directory null: a temporary one, which ends with `close` */
  constructor(directory: string | null) {
    this.#fixed = directory;
  }

  /**
   * Keeps what a stream holds; nothing is kept when it fails. The stream is at its end or destroyed
   * afterwards.
   * @throws MEDIA_TOO_LARGE, MEDIA_STORE_FAILED when the disk refuses, else what the stream throws
   */
  async put(source: Readable, { maxBytes, signal }: PutOptions): Promise<Blob> {
    // What it throws after we gave up on it is of no interest any more.
    source.on("error", () => {});
    let draft: string | null = null;
    try {
      addAbortSignal(signal, source);
      const directory = await onDisk(() => this.directory());
      // Somebody may have tidied up.
      await onDisk(() => mkdir(directory, { recursive: true, mode: 0o700 }));
      draft = join(directory, `${DRAFT_PREFIX}${randomUUID()}`);
      const path = draft;
      const file = await onDisk(() => open(path, "wx", 0o600));
      const blob = await write(source, file, maxBytes).finally(() => file.close());
      const place = this.#path(directory, blob.hash);
      await onDisk(async () => {
        await mkdir(join(directory, blob.hash.slice(0, 2)), { recursive: true, mode: 0o700 });
        await rename(path, place);
      });
      return blob;
    } catch (error) {
      if (draft !== null) await rm(draft, { force: true });
      throw error;
    } finally {
      source.destroy();
    }
  }

  /** @throws MEDIA_NOT_FOUND */
  async open(hash: string, range?: ByteRange): Promise<Readable> {
    try {
      const file = await open(await this.pathOf(hash), "r");
      return file.createReadStream(range);
    } catch (cause) {
      const message = "the medium is not kept here any more";
      throw new OrquestaError("MEDIA_NOT_FOUND", message, { cause });
    }
  }

  /** Where a blob is, if it is kept. */
  async pathOf(hash: string): Promise<string> {
    return this.#path(await this.directory(), hash);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#fixed !== null) return;
    const directory = await this.#made?.catch(() => undefined);
    this.#made = null;
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }

  /** Made when it is first needed. */
  directory(): Promise<string> {
    const directory = this.#fixed;
    this.#made ??=
      directory === null
        ? mkdtemp(join(tmpdir(), "orquesta-media-"))
        : mkdir(directory, { recursive: true, mode: 0o700 }).then(() => directory);
    // A disk that was full may have room by the next time.
    this.#made.catch(() => {
      this.#made = null;
    });
    return this.#made;
  }

  #path(directory: string, hash: string): string {
    return join(directory, hash.slice(0, 2), hash);
  }
}

async function write(source: Readable, file: FileHandle, maxBytes: number): Promise<Blob> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of source) {
    const bytes = toBytes(chunk);
    size += bytes.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    hash.update(bytes);
    await onDisk(() => file.writeFile(bytes));
  }
  // A message that is durable must not have lost its medium after a loss of power.
  await onDisk(() => file.datasync());
  return { hash: hash.digest("hex"), size };
}

export function tooLarge(maxBytes: number): OrquestaError {
  const message = `the medium has more than ${maxBytes} bytes`;
  return new OrquestaError("MEDIA_TOO_LARGE", message);
}

function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === "string") return Buffer.from(chunk);
  throw new OrquestaError("MEDIA_UNREADABLE", "the stream of a medium has to hold bytes");
}

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? `: ${cause.code}` : "";
    const message = `the medium could not be written to disk${code}`;
    throw new OrquestaError("MEDIA_STORE_FAILED", message, { cause });
  }
}
