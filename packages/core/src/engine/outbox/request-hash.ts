import { createHash } from "node:crypto";
import type { MediaSource } from "../message/media-source.ts";
import { mediaSourcesOf } from "../message/media-sources.ts";
import type { OutgoingContent } from "../message/outgoing-content.ts";

/**
 * Tells a repeat from an idempotency key that is used for another message, without reading a source: a
 * URL counts by its address, a file by its path, bytes by what they are. A stream cannot be told from
 * another one once it was read, so only its description counts.
 */
export function requestHash(chatId: string, content: OutgoingContent): Buffer {
  const hash = createHash("sha256").update(chatId).update("\0");
  const sources = mediaSourcesOf(content);
  if (sources.length === 0) return hash.update(JSON.stringify(content)).digest();
  return hash
    .update(JSON.stringify(content, (key, value) => (key === "media" ? undefined : value)))
    .update(JSON.stringify(sources.map(told)))
    .digest();
}

function told(source: MediaSource): object {
  if ("stream" in source) return { ...source, stream: null };
  if (!("bytes" in source)) return source;
  return { ...source, bytes: createHash("sha256").update(source.bytes).digest("hex") };
}
