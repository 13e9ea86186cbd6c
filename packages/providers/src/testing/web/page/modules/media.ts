import { browser } from "../browser.ts";
import { PageError } from "../page-error.ts";
import type { Modules } from "./modules.ts";

const DIGEST = "SHA-256";
const STICKER_SIZE = 512;

/** A file in the page. */
class OpaqueData {
  readonly type: string;
  readonly #blob: Blob;

  constructor(blob: Blob, type: string) {
    this.#blob = blob;
    this.type = type;
  }

  static async createFromData(blob: Blob, type: string): Promise<OpaqueData> {
    return new OpaqueData(blob, type);
  }

  get blob(): Blob {
    return this.#blob;
  }

  url(): string {
    return "blob:standin";
  }

  formData(): Blob {
    return this.#blob;
  }

  autorelease(): void {}
}

class MediaData {
  readonly #attributes: Record<string, unknown>;
  mediaBlob: OpaqueData;
  renderableUrl = "";
  waveform: unknown;

  constructor(blob: OpaqueData, attributes: Record<string, unknown>) {
    this.mediaBlob = blob;
    this.#attributes = attributes;
  }

  get type(): unknown {
    return this.#attributes["type"];
  }

  get isGif(): unknown {
    return this.#attributes["isGif"];
  }

  get filehash(): unknown {
    return this.#attributes["filehash"];
  }

  get mimetype(): unknown {
    return this.#attributes["mimetype"];
  }

  set(changes: object): void {
    Object.assign(this.#attributes, changes);
  }

  toJSON(): object {
    return { ...this.#attributes, ...(this.waveform !== undefined && { waveform: this.waveform }) };
  }
}

interface Preparation {
  readonly asSticker?: boolean;
  readonly asGif?: boolean;
  readonly isPtt?: boolean;
  readonly asDocument?: boolean;
}

/** Modules of files: how they are prepared, sent up and fetched. */
export function mediaModules(): Modules {
  const objects = new Map<unknown, MediaObject>();
  const objectFor = (filehash: unknown): MediaObject => {
    const object = objects.get(filehash) ?? new MediaObject(filehash);
    objects.set(filehash, object);
    return object;
  };
  return {
    WAWebMediaOpaqueData: OpaqueData,
    WAWebPrepRawMedia: {
      prepRawMedia: (data: OpaqueData, how: Preparation) => ({
        waitForPrep: () => prepare(data, how),
      }),
    },
    WAWebMediaStorage: { getOrCreateMediaObject: objectFor },
    WAWebMmsMediaTypes: {
      msgToMediaType: ({ type }: { readonly type: string }) => type,
      castToV4: (type: unknown) => type,
    },
    WAWebMediaDataUtils: { shouldUseMediaCache: () => true },
    WAWebMediaInMemoryBlobCache: {
      InMemoryMediaBlobCache: {
        put: (filehash: unknown, blob: Blob) => {
          objectFor(filehash).blob = blob;
        },
      },
    },
    WAWebMediaMmsV4Upload: {
      uploadMedia: async ({ mediaObject }: { readonly mediaObject: MediaObject }) => {
        const directPath = await upload(mediaObject.require());
        const mmsUrl = `https://web.whatsapp.com${directPath}`;
        const mediaKey = btoa(String(mediaObject.filehash));
        return { mediaEntry: { mmsUrl, deprecatedMms3Url: mmsUrl, directPath, mediaKey } };
      },
    },
    WAWebStartMediaUploadQpl: { startMediaUploadQpl: () => ({}) },
    WAWebUploadManager: {
      encryptAndUpload: async ({ blob, mediaKey }: { readonly blob: Blob; mediaKey: string }) => {
        const directPath = await upload(blob);
        const url = `https://web.whatsapp.com${directPath}`;
        return { directPath, url, mediaKey, encFilehash: "", mimetype: blob.type };
      },
    },
    WAWebImageUtils: { toWebpSticker },
    WAWebDownloadManager: {
      downloadManager: {
        downloadAndMaybeDecrypt: async ({ directPath }: { readonly directPath: string }) => {
          const response = await fetch(`https://web.whatsapp.com${directPath}`);
          if (response.ok) return await response.arrayBuffer();
          throw Object.assign(new PageError("MediaNotFoundError"), { status: response.status });
        },
      },
    },
  };
}

class MediaObject {
  readonly filehash: unknown;
  readonly contentInfo: { readonly waveform?: unknown } = {};
  type: unknown;
  size = 0;
  blob: Blob | null = null;

  constructor(filehash: unknown) {
    this.filehash = filehash;
  }

  consolidate({ type, size }: { readonly type: unknown; readonly size: number }): void {
    this.type = type;
    this.size = size;
  }

  require(): Blob {
    if (this.blob) return this.blob;
    throw new PageError("media-fault: nothing to upload");
  }
}

async function prepare(data: OpaqueData, how: Preparation): Promise<MediaData> {
  const bytes = await data.blob.arrayBuffer();
  const hash = await crypto.subtle.digest(DIGEST, bytes);
  const filehash = btoa(String.fromCharCode(...new Uint8Array(hash)));
  return new MediaData(data, {
    type: typeOf(data.type, how),
    mimetype: data.type,
    size: bytes.byteLength,
    filehash,
    ...(how.asGif && { isGif: true }),
    ...("name" in data.blob && how.asDocument && { filename: data.blob.name }),
  });
}

function typeOf(mimeType: string, { asSticker, isPtt, asDocument }: Preparation): string {
  const [kind] = mimeType.split("/");
  if (asDocument) return "document";
  if (asSticker) return "sticker";
  if (kind === "audio") return isPtt ? "ptt" : "audio";
  return kind === "image" || kind === "video" ? kind : "document";
}

async function toWebpSticker(image: Blob): Promise<Blob> {
  const canvas = new browser.OffscreenCanvas(STICKER_SIZE, STICKER_SIZE);
  const bitmap = await browser.createImageBitmap(image);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, STICKER_SIZE, STICKER_SIZE);
  return await canvas.convertToBlob({ type: "image/webp" });
}

async function upload(blob: Blob): Promise<string> {
  const headers = { "content-type": blob.type };
  const response = await fetch("https://web.whatsapp.com/media", {
    method: "POST",
    headers,
    body: blob,
  });
  const { directPath } = (await response.json()) as { readonly directPath: string };
  return directPath;
}
