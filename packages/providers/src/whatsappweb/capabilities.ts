import type { Capabilities } from "@orquesta/core";
import { OPERATIONS } from "./operations/operations.ts";
import type { ParsedWhatsappWebOptions } from "./whatsappweb-options.ts";

export function capabilitiesOf(options: ParsedWhatsappWebOptions): Capabilities {
  return {
    outgoing: [
      "text",
      "image",
      "video",
      "audio",
      "voice",
      "document",
      "sticker",
      "location",
      "contacts",
      "poll",
      "reaction",
      "edit",
      "delete",
    ],
    incoming: [
      "text",
      "image",
      "video",
      "audio",
      "voice",
      "document",
      "sticker",
      "location",
      "contacts",
      "poll",
    ],
    events: [
      "message.edited",
      "message.deleted",
      "message.reacted",
      "poll.voted",
      "call.received",
      "group.changed",
    ],
    operations: OPERATIONS,
    menus: "numbered",
    // A medium crosses to the page as one command, which Chromium refuses somewhere above 64 MB.
    limits: { textLength: 65_536, captionLength: 1024, mediaBytes: 64 * 1024 * 1024 },
    push: false,
    pairing: ["qr", "code"],
    inbound: "best_effort",
    resend: "ambiguous",
    // Only when our own watch over the page should fail.
    maxSilenceMs: (options.pingIntervalMs + options.pingTimeoutMs) * 3,
    portable: false,
  };
}
