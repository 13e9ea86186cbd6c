import type { KeptMedia, MediaReference } from "@orquesta/core";
import type { Upload } from "../api/bot-api.ts";

/** Whose subtype is no file extension. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  "application/octet-stream": "bin",
  "text/plain": "txt",
  "audio/mpeg": "mp3",
  "image/jpeg": "jpg",
};

/**
 * @param kind what to call it when it has no name
 * @throws MEDIA_NOT_FOUND
 */
export async function openUpload(
  media: KeptMedia,
  reference: MediaReference,
  kind: string,
): Promise<Upload> {
  return {
    source: await media.open(reference),
    size: reference.size,
    filename: safeName(reference.fileName ?? `${kind}.${extensionOf(reference.mimeType)}`),
  };
}

function extensionOf(mimeType: string): string {
  const [type = ""] = mimeType.split(";");
  return EXTENSIONS[type] ?? /\/(?:x-)?([a-z0-9]+)/.exec(type)?.[1] ?? "bin";
}

/** It goes into a header of the form, which telegraf does not quote. */
function safeName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return name.replace(/["\\\u0000-\u001f\u007f]/g, "_");
}
