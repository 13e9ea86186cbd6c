import { ApiError, badRequest } from "../wire/api-error.ts";
import type { Upload } from "../wire/parameters.ts";
import type { FileDetails, MediaKind, StoredFile } from "../world/file-registry.ts";
import type { Call } from "./call.ts";

/** What bots may upload: https://core.telegram.org/bots/api#sending-files */
const MAX_UPLOAD_BYTES = 50 * 1_024 * 1_024;
const MAX_PHOTO_BYTES = 10 * 1_024 * 1_024;
const URL_TIMEOUT_MS = 5_000;

/**
 * The file of a parameter: an upload, the id of a file that is there, or a URL that the server fetches.
 * @throws ApiError 400, 413
 */
export async function inputFile(
  call: Call,
  kind: MediaKind,
  name: string = kind,
  details: FileDetails = {},
): Promise<StoredFile> {
  const value = call.parameters.text(name);
  const direct = call.parameters.upload(name);
  if (value === "" && !direct) throw badRequest(`there is no ${words(kind)} in the request`);
  return fileFrom(call, kind, direct ? `attach://${name}` : value, details);
}

/** @throws ApiError 400, 413 */
export async function fileFrom(
  call: Call,
  kind: MediaKind,
  value: string,
  details: FileDetails = {},
): Promise<StoredFile> {
  const attached = /^attach:\/\/(.+)$/.exec(value)?.[1];
  if (attached !== undefined) {
    const upload = call.parameters.upload(attached);
    if (!upload) throw badRequest("wrong file identifier/HTTP URL specified");
    return keep(call, kind, upload, details);
  }
  if (/^https?:\/\//i.test(value)) return keep(call, kind, await fetched(value), details);
  const file = call.world.files.byId(call.bot.id, value);
  if (file.kind !== kind) {
    throw badRequest(`can't use file of type ${typeName(file.kind)} as ${typeName(kind)}`);
  }
  return file;
}

function keep(call: Call, kind: MediaKind, upload: Upload, details: FileDetails): StoredFile {
  if (upload.bytes.length === 0) throw badRequest("file must be non-empty");
  if (upload.bytes.length > MAX_UPLOAD_BYTES) throw new ApiError(413, "Request Entity Too Large");
  if (kind === "photo") checkPhoto(upload.bytes);
  return call.world.files.store(storedKind(kind, upload.bytes), upload, details);
}

function checkPhoto(bytes: Buffer): void {
  if (bytes.length > MAX_PHOTO_BYTES) {
    throw badRequest(
      `file of size ${bytes.length} bytes is too big for a photo; the maximum size is ${MAX_PHOTO_BYTES} bytes`,
    );
  }
  const start = bytes.subarray(0, 12).toString("latin1");
  const isImage = /^(\xff\xd8\xff|\x89PNG|GIF8|BM|RIFF.{4}WEBP)/s.test(start);
  if (!isImage) throw badRequest("IMAGE_PROCESS_FAILED");
}

/** What is no Ogg, MP3 or M4A is shown as a document, not as a voice note. */
function storedKind(kind: MediaKind, bytes: Buffer): MediaKind {
  if (kind !== "voice") return kind;
  const start = bytes.subarray(0, 12).toString("latin1");
  return /^(OggS|ID3|\xff[\xfb\xf3\xf2]|.{4}ftyp)/s.test(start) ? "voice" : "document";
}

async function fetched(url: string): Promise<Upload> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(URL_TIMEOUT_MS) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return {
      bytes: Buffer.from(await response.arrayBuffer()),
      fileName: new URL(url).pathname.split("/").at(-1) ?? "",
      mimeType: response.headers.get("content-type") ?? "",
    };
  } catch {
    throw badRequest("failed to get HTTP URL content");
  }
}

function words(kind: MediaKind): string {
  return kind.replace("_", " ");
}

function typeName(kind: MediaKind): string {
  const text = kind === "voice" ? "voice note" : words(kind);
  return text.replace(/(^| )[a-z]/g, (letter) => letter.trim().toUpperCase());
}
