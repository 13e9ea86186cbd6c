import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { MediaSource } from "../message/media-source.ts";
import type { GuardedClient } from "../net/guarded-client.ts";
import type { OpenedSource } from "./opened-source.ts";
import { openUrl } from "./url-source.ts";

export type BytesSource = Exclude<MediaSource, { readonly mediaId: string }>;

/**
 * Begins to read a medium.
 * @throws MEDIA_UNREADABLE, MEDIA_TARGET_REFUSED, MEDIA_TOO_LARGE, the source's own error
 */
export async function openSource(
  source: BytesSource,
  http: GuardedClient,
  options: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<OpenedSource> {
  if ("url" in source) return openUrl(http, source.url, options);
  if ("file" in source) return openFile(source.file);
  if ("bytes" in source) return unnamed(Readable.from([source.bytes], { objectMode: true }));
  return unnamed(
    source.stream instanceof Readable ? source.stream : Readable.fromWeb(source.stream),
  );
}

/** Ends a stream that nobody will read: who made it has given it away. */
export function discardSource(source: MediaSource): void {
  if (!("stream" in source)) return;
  const { stream } = source;
  if (stream instanceof Readable) stream.on("error", () => {}).destroy();
  else if (!stream.locked) stream.cancel().catch(() => {});
}

async function openFile(path: string): Promise<OpenedSource> {
  // A pipe or a device could be read for ever.
  const found = await stat(path);
  if (!found.isFile()) throw new OrquestaError("MEDIA_UNREADABLE", "the medium is no file");
  return { stream: createReadStream(path), fileName: path, mimeType: null };
}

function unnamed(stream: Readable): OpenedSource {
  return { stream, fileName: null, mimeType: null };
}
