import type { OutboxContent } from "./outgoing-content.ts";

/** The text that people read in it: of a text, a caption, a question; null when there is none. */
export function shownText(content: OutboxContent): string | null {
  if ("text" in content) return content.text;
  if ("caption" in content) return content.caption ?? null;
  return content.type === "poll" ? content.question : null;
}
