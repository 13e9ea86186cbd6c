import type { MediaLocator } from "../media/media-locator.ts";
import type { MediaContent } from "./media-content.ts";
import type { Envelope } from "./stanza-envelope.ts";

/** Where a medium is and how it is read; null when the message does not say. */
export function toLocatorOf(
  { kind, file }: MediaContent,
  { chat, chatType, sender, isFromMe }: Envelope,
  messageId: string,
): MediaLocator | null {
  const { mediaKey, fileSha256 } = file;
  if (!mediaKey?.length) return null;
  return {
    kind,
    mediaKey,
    directPath: file.directPath || pathOf(file.url),
    sha256: fileSha256?.length ? fileSha256 : null,
    message: {
      id: messageId,
      chatJid: chat.jid,
      isFromMe,
      participant: chatType === "direct" ? null : sender.jid,
    },
  };
}

/**
 * Only the path of the address: which host is asked is never for the sender to say, or every message
 * could make us call whom it likes.
 */
function pathOf(url: string | null | undefined): string {
  const parsed = url ? URL.parse(url) : null;
  return parsed === null ? "" : `${parsed.pathname}${parsed.search}`;
}
