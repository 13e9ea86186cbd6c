import { createHash } from "node:crypto";
import { badRequest } from "../wire/api-error.ts";
import type { Upload } from "../wire/parameters.ts";
import type { FileSummary } from "../wire/types.ts";
import { imageSize } from "./image-size.ts";

/** What the Bot API lets bots download: https://core.telegram.org/bots/api#getfile */
const MAX_DOWNLOAD_BYTES = 20 * 1_024 * 1_024;

export const MEDIA_KINDS = [
  "photo",
  "video",
  "animation",
  "audio",
  "voice",
  "video_note",
  "document",
  "sticker",
] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

const FOLDERS: Readonly<Record<MediaKind, string>> = {
  photo: "photos",
  video: "videos",
  animation: "animations",
  audio: "music",
  voice: "voice",
  video_note: "video_notes",
  document: "documents",
  sticker: "stickers",
};

const EXTENSIONS: Readonly<Record<MediaKind, string>> = {
  photo: ".jpg",
  video: ".mp4",
  animation: ".mp4",
  audio: ".mp3",
  voice: ".oga",
  video_note: ".mp4",
  document: "",
  sticker: ".webp",
};

const MIME_TYPES: Readonly<Partial<Record<MediaKind, string>>> = {
  video: "video/mp4",
  animation: "video/mp4",
  audio: "audio/mpeg",
  voice: "audio/ogg",
};

/** What a person says of a file besides its bytes. */
export interface FileDetails {
  readonly duration?: number;
  readonly width?: number;
  readonly height?: number;
  readonly emoji?: string;
  /** As if it had that many bytes: larger than what anyone wants in a test's memory. */
  readonly size?: number;
}

export interface StoredFile {
  readonly uniqueId: string;
  readonly kind: MediaKind;
  readonly bytes: Buffer;
  readonly fileName: string;
  readonly mimeType: string;
  readonly details: FileDetails;
  path: string;
}

/** Every file that went through the server. A file_id is good for one bot; `file_unique_id` for all. */
export class FileRegistry {
  readonly #files = new Map<string, StoredFile>();
  readonly #byPath = new Map<string, StoredFile>();
  readonly #limit: number;
  #bytes = 0;
  #count = 0;

  /** @param limit bytes that are kept; the oldest files go first */
  constructor(limit: number) {
    this.#limit = limit;
  }

  store(kind: MediaKind, upload: Upload, details: FileDetails = {}): StoredFile {
    this.#count += 1;
    const hash = createHash("sha256").update(upload.bytes).digest("base64url");
    const uniqueId = `AQAD${kind.slice(0, 2)}${hash.slice(0, 8)}${this.#count}`;
    const path = this.#newPath(kind, upload.fileName);
    const { bytes, fileName } = upload;
    const mimeType = MIME_TYPES[kind] ?? (upload.mimeType || "application/octet-stream");
    const file: StoredFile = { uniqueId, kind, bytes, fileName, mimeType, details, path };
    this.#files.set(uniqueId, file);
    this.#byPath.set(path, file);
    this.#bytes += bytes.length;
    this.#forgetOldest();
    return file;
  }

  /** @throws ApiError 400 when it is none of this bot's */
  byId(botId: number, fileId: string): StoredFile {
    const [owner, uniqueId] = decode(fileId);
    const file = owner === String(botId) && uniqueId ? this.#files.get(uniqueId) : undefined;
    if (!file) throw badRequest("wrong file identifier/HTTP URL specified");
    return file;
  }

  /** @throws ApiError 400 */
  forDownload(botId: number, fileId: string): StoredFile {
    let file: StoredFile;
    try {
      file = this.byId(botId, fileId);
    } catch {
      throw badRequest("invalid file_id");
    }
    if (sizeOf(file) > MAX_DOWNLOAD_BYTES) throw badRequest("file is too big");
    if (file.path === "") {
      file.path = this.#newPath(file.kind, file.fileName);
      this.#byPath.set(file.path, file);
    }
    return file;
  }

  byUniqueId(uniqueId: string): StoredFile | undefined {
    return this.#files.get(uniqueId);
  }

  byPath(path: string): StoredFile | undefined {
    return this.#byPath.get(path);
  }

  /** Links are good for an hour: afterwards getFile gives another. */
  expireLinks(): void {
    for (const file of this.#byPath.values()) file.path = "";
    this.#byPath.clear();
  }

  /** As messages hold it; `fileForBot` makes the file_id that one bot may use. */
  summary(file: StoredFile): FileSummary {
    const { kind, details, bytes } = file;
    const size = kind === "photo" || kind === "sticker" ? imageSize(bytes) : undefined;
    const { width = size?.width ?? 640, height = size?.height ?? 480 } = details;
    const named = {
      ...(file.fileName === "" ? {} : { file_name: file.fileName }),
      mime_type: file.mimeType,
    };
    const base = {
      file_id: file.uniqueId,
      file_unique_id: file.uniqueId,
      file_size: sizeOf(file),
    };
    const duration = details.duration ?? 1;
    switch (kind) {
      case "photo":
        return { ...base, width, height };
      case "video":
      case "animation":
        return { ...base, ...named, width, height, duration };
      case "audio":
        return { ...base, ...named, duration };
      case "voice":
        return { ...base, mime_type: file.mimeType, duration };
      case "video_note":
        return { ...base, length: width, duration };
      case "document":
        return { ...base, ...named };
      case "sticker":
        return {
          ...base,
          type: "regular",
          width,
          height,
          is_animated: false,
          is_video: file.mimeType === "video/webm",
          ...(details.emoji ? { emoji: details.emoji } : {}),
        };
    }
  }

  #newPath(kind: MediaKind, fileName: string): string {
    this.#count += 1;
    const extension = /\.[a-z0-9]{1,8}$/i.exec(fileName)?.[0] ?? EXTENSIONS[kind];
    return `${FOLDERS[kind]}/file_${this.#count}${extension}`;
  }

  #forgetOldest(): void {
    for (const [uniqueId, file] of this.#files) {
      if (this.#bytes <= this.#limit || this.#files.size === 1) return;
      this.#files.delete(uniqueId);
      this.#byPath.delete(file.path);
      this.#bytes -= file.bytes.length;
    }
  }
}

export function sizeOf(file: StoredFile): number {
  return file.details.size ?? file.bytes.length;
}

/** The same file as one bot gets to see it. */
export function fileForBot(botId: number, file: FileSummary): FileSummary {
  const id = Buffer.from(`${botId}:${file.file_unique_id}`).toString("base64url");
  return { ...file, file_id: id };
}

function decode(fileId: string): readonly string[] {
  return Buffer.from(fileId, "base64url").toString("utf8").split(":");
}
