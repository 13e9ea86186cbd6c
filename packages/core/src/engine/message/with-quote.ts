import type { OutgoingContent } from "./outgoing-content.ts";

/** The content as an answer to a message; as it is, where its kind answers none. */
export function withQuote(content: OutgoingContent, quoteMessageId: string): OutgoingContent {
  switch (content.type) {
    case "reaction":
    case "edit":
    case "delete":
    case "forward":
    case "album":
    case "status":
      return content;
    default:
      return { ...content, quoteMessageId };
  }
}
