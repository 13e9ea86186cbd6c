import { access } from "node:fs/promises";
import type { Readable } from "node:stream";
import { type WaitOptions, waitFor } from "../error/abort.ts";
import { Deadline } from "../error/deadline.ts";
import { isOrquestaError, OrquestaError } from "../error/orquesta-error.ts";
import type { BlobStore } from "./blob-store.ts";
import { safeFileName } from "./file-name.ts";
import type { MediaRules } from "./media-options.ts";
import type { MediaRecord, MediaRecords } from "./media-records.ts";
import { detectType } from "./media-type.ts";

/** A medium that came in and is kept here. */
export interface MediumView {
  /** SHA-256 of the bytes, in hexadecimal digits. */
  readonly hash: string;
  /** In bytes. */
  readonly size: number;
  /** As the bytes say, where they say something. */
  readonly mimeType: string;
  readonly fileName: string | null;
}

/** Work that ends with the manager. */
export interface LongWork {
  /** @throws MANAGER_CLOSED, what `work` throws */
  run<T>(
    wait: WaitOptions,
    work: (wait: WaitOptions & { readonly signal: AbortSignal }) => Promise<T>,
  ): Promise<T>;
}

/**
 * The bytes of a medium from the platform, by the session of its instance.
 * @throws what `Session.openMedia` throws, INSTANCE_NOT_FOUND, INSTANCE_NOT_RUNNING, CAPABILITY_MISSING
 */
export type OpenRemote = (
  instanceId: string,
  mediaId: string,
  signal: AbortSignal,
) => Promise<Readable>;

export interface DownloadsParts {
  readonly blobs: BlobStore;
  readonly records: MediaRecords;
  readonly rules: MediaRules;
  readonly work: LongWork;
  readonly openRemote: OpenRemote;
}

/** Media that came in: fetched from the platform when somebody first wants them, once, and kept. */
export class Downloads {
  readonly #parts: DownloadsParts;
  readonly #running = new Map<string, Promise<MediumView>>();

  constructor(parts: DownloadsParts) {
    this.#parts = parts;
  }

  /**
   * Waits until the medium is kept here. Who stops to wait does not stop the download: others may want it.
   * @throws what `OpenRemote` throws, MEDIA_TOO_LARGE, MEDIA_STORE_FAILED, PLATFORM_UNREACHABLE when it
   *   was cut short, TIMED_OUT, ABORTED, MANAGER_CLOSED: then nothing is kept
   */
  async get(instanceId: string, mediaId: string, wait: WaitOptions): Promise<MediumView> {
    const known = await this.#parts.records.find(instanceId, mediaId);
    const kept = known && (await this.#keptAs(known));
    if (kept) return kept;
    const place = JSON.stringify([instanceId, mediaId]);
    let running = this.#running.get(place);
    if (!running) {
      running = this.#download(instanceId, mediaId, known).finally(() =>
        this.#running.delete(place),
      );
      this.#running.set(place, running);
      // Who began it may have stopped to wait.
      running.catch(() => {});
    }
    return waitFor(running, "fetching the medium", wait);
  }

  /** The file may be gone: erased by hand, or left behind by a node that had another directory. */
  async #keptAs({ hash, size, mime_type, file_name }: MediaRecord): Promise<MediumView | null> {
    if (hash === null || size === null) return null;
    const path = await this.#parts.blobs.pathOf(hash);
    return access(path).then(
      () => ({ hash, size, mimeType: mime_type, fileName: file_name }),
      () => null,
    );
  }

  #download(
    instanceId: string,
    mediaId: string,
    known: MediaRecord | undefined,
  ): Promise<MediumView> {
    const { readTimeoutMs } = this.#parts.rules;
    return this.#parts.work.run({}, async ({ signal }) => {
      const deadline = new Deadline(readTimeoutMs, signal);
      try {
        return await this.#fetch(instanceId, mediaId, known, deadline.signal);
      } catch (cause) {
        if (isOrquestaError(cause) && cause.code !== "ABORTED") throw cause;
        if (deadline.isMissed) {
          throw new OrquestaError(
            "TIMED_OUT",
            `fetching the medium took longer than ${readTimeoutMs} ms`,
            { cause },
          );
        }
        const message = "the medium could not be fetched from the platform";
        throw new OrquestaError("PLATFORM_UNREACHABLE", message, { cause });
      } finally {
        deadline.end();
      }
    });
  }

  async #fetch(
    instanceId: string,
    mediaId: string,
    known: MediaRecord | undefined,
    signal: AbortSignal,
  ): Promise<MediumView> {
    const { blobs, records, rules } = this.#parts;
    const stream = await this.#open(instanceId, mediaId, signal);
    const { hash, size } = await blobs.put(stream, { maxBytes: rules.maxBytes, signal });
    if (size < (known?.size ?? 1)) {
      const message = `the platform gave ${size} of ${known?.size ?? "some"} bytes of the medium`;
      throw new OrquestaError("PLATFORM_UNREACHABLE", message);
    }
    const fileName = safeFileName(known?.file_name);
    const claim = { mimeType: known?.mime_type ?? null, fileName };
    const mimeType = await detectType(await blobs.pathOf(hash), claim);
    await records.keep({
      instance_id: instanceId,
      media_id: mediaId,
      mime_type: mimeType,
      size,
      file_name: fileName,
      hash,
      at: Date.now(),
    });
    return { hash, size, mimeType, fileName };
  }

  async #open(instanceId: string, mediaId: string, signal: AbortSignal): Promise<Readable> {
    const opening = this.#parts.openRemote(instanceId, mediaId, signal);
    // One that comes too late is read by nobody.
    opening.then(
      (stream) => signal.aborted && stream.on("error", () => {}).destroy(),
      () => {},
    );
    return waitFor(opening, "fetching the medium", { signal });
  }
}
