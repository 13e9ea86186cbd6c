import type { MediaSource } from "./media-source.ts";
import type { OutgoingContent } from "./outgoing-content.ts";

/** The media of a message, in their order. */
export function mediaSourcesOf(content: OutgoingContent): MediaSource[] {
  if (content.type === "album") return content.items.map(({ media }) => media);
  if (content.type === "status") return mediaSourcesOf(content.story);
  return "media" in content ? [content.media] : [];
}
