import { Readable } from "node:stream";
import { OrquestaError, waitFor } from "@orquesta/core";
import type { Client } from "whatsapp-web.js";

const DOWNLOAD_TIMEOUT_MS = 120_000;
const SERIALIZED_KEY = /^(true|false)_[^_]{3,64}_[^_]{3,128}(_[^_]{3,64})?$/;

/**
 * The bytes of a medium, as the page downloads and decrypts them. They come as one piece.
 * @param mediaId the page's own key of the message
 * @throws MEDIA_NOT_FOUND, MEDIA_EXPIRED, SESSION_CLOSED
 */
export async function openMedia(
  client: Client,
  mediaId: string,
  signal: AbortSignal,
): Promise<Readable> {
  if (!SERIALIZED_KEY.test(mediaId)) throw notFound();
  const wait = { signal, timeoutMs: DOWNLOAD_TIMEOUT_MS };
  const message = await waitFor(client.getMessageById(mediaId), "finding a medium", wait);
  if (!message?.hasMedia) throw notFound();
  // Undefined where WhatsApp has the bytes no more; the types of the library do not say so.
  const media: { data: string } | undefined = await waitFor(
    message.downloadMedia(),
    "downloading a medium",
    wait,
  );
  if (media) return Readable.from([Buffer.from(media.data, "base64")]);
  throw new OrquestaError("MEDIA_EXPIRED", "WhatsApp has this medium no more");
}

function notFound(): OrquestaError {
  return new OrquestaError("MEDIA_NOT_FOUND", "no such medium came to this account");
}
