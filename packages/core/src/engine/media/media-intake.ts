import { Deadline } from "../error/deadline.ts";
import { isOrquestaError, OrquestaError } from "../error/orquesta-error.ts";
import type { MediaReference } from "../message/media-reference.ts";
import type { MediaSource } from "../message/media-source.ts";
import type { OutboxContent, OutgoingContent } from "../message/outgoing-content.ts";
import type { GuardedClient } from "../net/guarded-client.ts";
import { type Blob, type BlobStore, tooLarge } from "./blob-store.ts";
import type { Downloads } from "./downloads.ts";
import type { Ffmpeg } from "./ffmpeg.ts";
import { safeFileName } from "./file-name.ts";
import type { MediaRules } from "./media-options.ts";
import { detectType, type MediaKind, typeAs } from "./media-type.ts";
import { opusSeconds } from "./opus-seconds.ts";
import { type BytesSource, openSource } from "./source-opener.ts";

export interface MediaIntakeParts {
  readonly blobs: BlobStore;
  readonly rules: MediaRules;
  /** Asks URLs. */
  readonly http: GuardedClient;
  readonly ffmpeg: Ffmpeg;
  readonly downloads: Downloads;
}

export interface IntakeOptions {
  /** Who sends, and whose media a media id names. */
  readonly instanceId: string;
  /** Of each medium, as the platform allows. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

const OPUS = /^audio\/ogg; ?codecs=opus$/;

/** Reads the media of a message that is taken over, so that they are here when it is sent. */
export class MediaIntake {
  readonly #parts: MediaIntakeParts;

  constructor(parts: MediaIntakeParts) {
    this.#parts = parts;
  }

  /**
   * @throws MEDIA_TOO_LARGE, MEDIA_UNREADABLE, MEDIA_TARGET_REFUSED, MEDIA_STORE_FAILED, FFMPEG_MISSING,
   *   ABORTED; for a media id also what `Downloads.get` throws: then nothing refers to what was read
   */
  async take(content: OutgoingContent, options: IntakeOptions): Promise<OutboxContent> {
    const keep = (source: MediaSource, kind: MediaKind) => this.#keep(source, kind, options);
    switch (content.type) {
      case "video":
        return { ...content, media: await keep(content.media, content.gif ? "gif" : "video") };
      case "image":
      case "audio":
      case "voice":
      case "document":
      case "sticker":
        return { ...content, media: await keep(content.media, content.type) };
      case "album": {
        const items: Extract<OutboxContent, { type: "album" }>["items"] = [];
        for (const item of content.items) {
          items.push({ ...item, media: await keep(item.media, item.type) });
        }
        return { ...content, items };
      }
      case "status": {
        const { story } = content;
        if (story.type === "text") return { ...content, story };
        return { ...content, story: { ...story, media: await keep(story.media, story.type) } };
      }
      default:
        return content;
    }
  }

  async #keep(
    source: MediaSource,
    kind: MediaKind,
    { instanceId, maxBytes, signal }: IntakeOptions,
  ): Promise<MediaReference> {
    const { rules } = this.#parts;
    const deadline = new Deadline(rules.readTimeoutMs, signal);
    const options = {
      instanceId,
      maxBytes: Math.min(maxBytes, rules.maxBytes),
      signal: deadline.signal,
    };
    try {
      return "mediaId" in source
        ? await this.#again(source, kind, options)
        : await this.#read(source, kind, options);
    } catch (cause) {
      if (isOrquestaError(cause)) throw cause;
      if (signal.aborted) {
        throw new OrquestaError("ABORTED", "reading the medium was aborted", { cause });
      }
      if (deadline.isMissed) throw unreadable(`took longer than ${rules.readTimeoutMs} ms`, cause);
      throw unreadable(`failed${codeOf(cause)}`, cause);
    } finally {
      deadline.end();
    }
  }

  async #read(source: BytesSource, kind: MediaKind, options: IntakeOptions) {
    const { blobs, http } = this.#parts;
    const { stream, ...told } = await openSource(source, http, options);
    const blob = await blobs.put(stream, options);
    if (blob.size === 0) throw unreadable("gave no bytes");
    const fileName = safeFileName(source.fileName ?? told.fileName);
    const path = await blobs.pathOf(blob.hash);
    const claim = { mimeType: source.mimeType ?? told.mimeType, fileName };
    const mimeType = await detectType(path, claim);
    return this.#describe(blob, kind, { mimeType, fileName }, options);
  }

  /** What came in goes out again: it is kept already, or is fetched now. */
  async #again(
    source: Extract<MediaSource, { readonly mediaId: string }>,
    kind: MediaKind,
    options: IntakeOptions,
  ): Promise<MediaReference> {
    const { instanceId, maxBytes, signal } = options;
    const kept = await this.#parts.downloads.get(instanceId, source.mediaId, { signal });
    const { hash, size, mimeType } = kept;
    if (size > maxBytes) throw tooLarge(maxBytes);
    const fileName = safeFileName(source.fileName) ?? kept.fileName;
    return this.#describe({ hash, size }, kind, { mimeType, fileName }, options);
  }

  async #describe(
    blob: Blob,
    kind: MediaKind,
    known: { readonly mimeType: string; readonly fileName: string | null },
    options: IntakeOptions,
  ): Promise<MediaReference> {
    const mimeType = typeAs(kind, known.mimeType);
    if (kind === "voice") return this.#voice(blob, mimeType, options);
    const path = await this.#parts.blobs.pathOf(blob.hash);
    const seconds = OPUS.test(mimeType) ? await opusSeconds(path) : null;
    return { ...blob, mimeType, fileName: known.fileName, seconds };
  }

  async #voice(blob: Blob, mimeType: string, options: IntakeOptions): Promise<MediaReference> {
    const { blobs, ffmpeg } = this.#parts;
    const isVoice = OPUS.test(mimeType);
    const path = await blobs.pathOf(blob.hash);
    const voice = isVoice
      ? blob
      : await ffmpeg.toVoice(path, options.signal, (output) => blobs.put(output, options));
    const seconds = await opusSeconds(await blobs.pathOf(voice.hash));
    if (!isVoice && seconds === null) throw unreadable("found no sound");
    return { ...voice, mimeType: "audio/ogg; codecs=opus", fileName: null, seconds };
  }
}

function unreadable(what: string, cause?: unknown): OrquestaError {
  return new OrquestaError("MEDIA_UNREADABLE", `reading the medium ${what}`, { cause });
}

/** What the system or the network calls it; its message may hold what nobody else should read. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? `: ${error.code}` : "";
}
