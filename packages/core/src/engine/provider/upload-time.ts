import type { OutboxContent } from "../message/outgoing-content.ts";

const LEAST_MS = 50_000;
/** Slower than this a line is as good as dead. */
const BYTES_PER_SECOND = 64 * 1024;

/** How long bytes may take on their way to a platform before they are given up, ms. */
export function uploadTimeMs(bytes: number): number {
  return LEAST_MS + Math.ceil((bytes / BYTES_PER_SECOND) * 1000);
}

/** Of all media of a message together; 0 when it has none. */
export function mediaBytesOf(content: OutboxContent): number {
  if ("media" in content) return content.media.size;
  if (content.type === "status") return mediaBytesOf(content.story);
  if (content.type !== "album") return 0;
  return content.items.reduce((bytes, { media }) => bytes + media.size, 0);
}
