import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Database } from "../database/database.ts";
import type { WaitOptions } from "../error/abort.ts";
import type { OutboxContent, OutgoingContent } from "../message/outgoing-content.ts";
import { GuardedClient } from "../net/guarded-client.ts";
import type { TargetRules } from "../net/target-rules.ts";
import type { Seal } from "../seal/seal.ts";
import { BlobStore, type ByteRange } from "./blob-store.ts";
import { Downloads, type LongWork, type MediumView, type OpenRemote } from "./downloads.ts";
import { Ffmpeg } from "./ffmpeg.ts";
import { MediaIntake } from "./media-intake.ts";
import { MediaLinks } from "./media-links.ts";
import type { MediaRules } from "./media-options.ts";
import { MediaRecords } from "./media-records.ts";

export interface MediaParts {
  readonly database: Database;
  readonly seal: Seal;
  readonly rules: MediaRules;
  readonly targets: TargetRules;
  readonly work: LongWork;
  readonly openRemote: OpenRemote;
}

/** A URL of a medium, for whoever has it. */
export interface MediaLink {
  /** What stands behind `/media/` in the URL. */
  readonly token: string;
  /** Null when nobody told where the server is reached. */
  readonly url: string | null;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

/** The media that messages carry, in both directions. */
export class Media {
  readonly blobs: BlobStore;
  readonly records: MediaRecords;
  readonly links: MediaLinks;
  readonly #parts: MediaParts;
  readonly #http: GuardedClient;
  readonly #intake: MediaIntake;
  readonly #downloads: Downloads;

  constructor(parts: MediaParts) {
    const { database, seal, rules, targets, work, openRemote } = parts;
    this.#parts = parts;
    this.blobs = new BlobStore(rules.directory);
    this.records = new MediaRecords(database);
    this.links = new MediaLinks(seal);
    this.#http = new GuardedClient(targets);
    const { blobs, records } = this;
    this.#downloads = new Downloads({ blobs, records, rules, work, openRemote });
    this.#intake = new MediaIntake({
      blobs,
      rules,
      http: this.#http,
      ffmpeg: new Ffmpeg(rules.ffmpegPath),
      downloads: this.#downloads,
    });
  }

  /** Reads the media of a message that is taken over. @throws what `MediaIntake.take` throws, MANAGER_CLOSED */
  take(
    instanceId: string,
    content: OutgoingContent,
    { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal | undefined },
  ): Promise<OutboxContent> {
    return this.#parts.work.run({ signal }, (wait) =>
      this.#intake.take(content, { instanceId, maxBytes, signal: wait.signal }),
    );
  }

  /** @throws what `Downloads.get` throws */
  get(instanceId: string, mediaId: string, wait: WaitOptions): Promise<MediumView> {
    return this.#downloads.get(instanceId, mediaId, wait);
  }

  /** Whoever opens it reads it to its end or destroys it. @throws MEDIA_NOT_FOUND */
  open({ hash }: Pick<MediumView, "hash">, range?: ByteRange): Promise<Readable> {
    return this.blobs.open(hash, range);
  }

  link(instanceId: string, mediaId: string, validMs: number = this.#parts.rules.linkMs): MediaLink {
    const { publicUrl } = this.#parts.rules;
    const expiresAt = Date.now() + validMs;
    const token = this.links.sign({ instanceId, mediaId }, expiresAt);
    const url = publicUrl === null ? null : `${publicUrl}/media/${token}`;
    return { token, url, expiresAt: new Date(expiresAt).toISOString() };
  }

  /** For a webhook: null when the medium is larger, or cannot be had in time. */
  async base64(
    instanceId: string,
    mediaId: string,
    { maxBytes, ...wait }: WaitOptions & { readonly maxBytes: number },
  ): Promise<string | null> {
    try {
      const { hash, size } = await this.get(instanceId, mediaId, wait);
      return size > maxBytes
        ? null
        : (await buffer(await this.blobs.open(hash))).toString("base64");
    } catch {
      return null;
    }
  }

  /** Whoever reads or writes media has ended before. */
  async close(): Promise<void> {
    await this.#http.close();
    await this.blobs.close();
  }
}
