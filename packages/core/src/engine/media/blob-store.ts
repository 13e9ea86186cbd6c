import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { OrquestaError } from "../error/orquesta-error.ts";

export interface Blob {
  /** SHA-256 of the bytes, in hexadecimal digits. */
  readonly hash: string;
  readonly size: number;
}

/** Bytes by their hash, as files: the same bytes are kept once, whoever brings them. */
export class BlobStore {
  readonly #fixed: string | null;
  #made: Promise<string> | null = null;

  /** @param directory null: a temporary one, which ends with `close` */
  constructor(directory: string | null) {
    this.#fixed = directory;
  }

  /**
   * Keeps what a stream holds; nothing is kept when it fails.
   * @param maxBytes more is MEDIA_TOO_LARGE
   * @throws MEDIA_TOO_LARGE, what the stream throws
   */
  async put(source: Readable, maxBytes: number, signal?: AbortSignal): Promise<Blob> {
    const directory = await this.#directory();
    const hash = createHash("sha256");
    let size = 0;
    const meter = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        size += chunk.length;
        hash.update(chunk);
        if (size <= maxBytes) return done(null, chunk);
        const message = `the medium has more than ${maxBytes} bytes`;
        done(new OrquestaError("MEDIA_TOO_LARGE", message));
      },
    });
    const draft = join(directory, `draft-${randomUUID()}`);
    try {
      await pipeline(source, meter, createWriteStream(draft, { mode: 0o600 }), {
        ...(signal && { signal }),
      });
      const digest = hash.digest("hex");
      await mkdir(join(directory, digest.slice(0, 2)), { recursive: true, mode: 0o700 });
      await rename(draft, this.#path(directory, digest));
      return { hash: digest, size };
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** @throws MEDIA_NOT_FOUND */
  async open(hash: string): Promise<Readable> {
    const path = this.#path(await this.#directory(), hash);
    const found = await stat(path).catch(() => null);
    if (found) return createReadStream(path);
    throw new OrquestaError("MEDIA_NOT_FOUND", "the medium is not kept here any more");
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#fixed !== null) return;
    const directory = await this.#made?.catch(() => undefined);
    this.#made = null;
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }

  /** Made when it is first needed. */
  #directory(): Promise<string> {
    const directory = this.#fixed;
    this.#made ??=
      directory === null
        ? mkdtemp(join(tmpdir(), "orquesta-media-"))
        : mkdir(directory, { recursive: true, mode: 0o700 }).then(() => directory);
    return this.#made;
  }

  #path(directory: string, hash: string): string {
    return join(directory, hash.slice(0, 2), hash);
  }
}
