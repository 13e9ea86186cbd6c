import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { MediaReference } from "../message/media-reference.ts";
import type { MediaSource } from "../message/media-source.ts";
import type { OutboxContent, OutgoingContent } from "../message/outgoing-content.ts";
import type { BlobStore } from "./blob-store.ts";

const DEFAULT_TYPE = "application/octet-stream";

/** Reads the media of a message that is taken over, so that they are here when it is sent. */
export class MediaIntake {
  readonly #blobs: BlobStore;

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  /**
   * @param maxBytes of each medium
   * @throws MEDIA_TOO_LARGE, MEDIA_UNREADABLE
   */
  async take(content: OutgoingContent, maxBytes: number): Promise<OutboxContent> {
    const keep = (source: MediaSource) => this.#keep(source, maxBytes);
    switch (content.type) {
      case "image":
      case "video":
      case "audio":
      case "voice":
      case "document":
      case "sticker":
        return { ...content, media: await keep(content.media) };
      case "album": {
        const items: Extract<OutboxContent, { type: "album" }>["items"] = [];
        for (const item of content.items) items.push({ ...item, media: await keep(item.media) });
        return { ...content, items };
      }
      case "status": {
        const { story } = content;
        if (story.type === "text") return { ...content, story };
        return { ...content, story: { ...story, media: await keep(story.media) } };
      }
      default:
        return content;
    }
  }

  async #keep(source: MediaSource, maxBytes: number): Promise<MediaReference> {
    const { fileName = null, mimeType = DEFAULT_TYPE } = source;
    const { hash, size } = await this.#blobs.put(streamOf(source), maxBytes);
    return { hash, size, mimeType, fileName, seconds: null };
  }
}

function streamOf(source: MediaSource): Readable {
  if ("bytes" in source) return Readable.from([source.bytes]);
  if ("file" in source) return createReadStream(source.file);
  if ("stream" in source) {
    return source.stream instanceof Readable ? source.stream : Readable.fromWeb(source.stream);
  }
  throw new OrquestaError("MEDIA_UNREADABLE", "media of this source cannot be read yet");
}
