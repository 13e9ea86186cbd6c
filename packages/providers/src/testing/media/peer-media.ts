import type { proto } from "@whiskeysockets/baileys";
import { FakeWhatsAppError } from "../fake-whatsapp-error.ts";
import { mediumIn } from "../network/message-content.ts";
import type { MediaHost } from "./media-host.ts";
import { openMedia } from "./sealed-media.ts";

/** The bytes of the medium in a message: fetched, decrypted and checked as a phone does. */
export function fetchMedium(host: MediaHost, message: proto.IMessage | undefined): Buffer {
  const medium = mediumIn(message);
  if (medium === null) throw new FakeWhatsAppError("UNKNOWN_MESSAGE", "there came no such medium");
  const found = host.find(medium.directPath);
  if (typeof found !== "number") return openMedia(found, medium.kind, medium.promised);
  throw new FakeWhatsAppError("MEDIA_REFUSED", `the media host answers ${found}`);
}
