import type { OutboxContent } from "./outgoing-content.ts";

/** Id of the other message that a content is about or answers; null when there is none. */
export function referenceOf(content: OutboxContent): string | null {
  switch (content.type) {
    case "reaction":
    case "edit":
    case "delete":
    case "forward":
      return content.messageId;
    case "album":
    case "status":
      return null;
    default:
      return content.quoteMessageId ?? null;
  }
}

/** The content with another id in the place of that one. */
export function withReference(content: OutboxContent, messageId: string): OutboxContent {
  switch (content.type) {
    case "reaction":
    case "edit":
    case "delete":
    case "forward":
      return { ...content, messageId };
    case "album":
    case "status":
      return content;
    default:
      return { ...content, quoteMessageId: messageId };
  }
}
