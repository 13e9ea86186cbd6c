import type { IncomingContent, IncomingMedia } from "../message/incoming-content.ts";
import type { JournalEvent } from "./instance-event.ts";

/** The media that an event tells of. */
export function incomingMediaOf(event: JournalEvent): readonly IncomingMedia[] {
  switch (event.name) {
    case "message.received":
      return mediaIn(event.data.message.content);
    case "message.sent":
      return event.data.origin === "device" ? mediaIn(event.data.message.content) : [];
    case "message.edited":
      return mediaIn(event.data.content);
    case "history.received":
      return event.data.messages.flatMap(({ message }) => mediaIn(message.content));
    default:
      return [];
  }
}

function mediaIn(content: IncomingContent): readonly IncomingMedia[] {
  return "media" in content ? [content.media] : [];
}
