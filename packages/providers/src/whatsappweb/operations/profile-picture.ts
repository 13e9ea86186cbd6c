import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type IncomingMedia, type MediaReference, OrquestaError, waitFor } from "@orquesta/core";
import type { Client, MessageMedia } from "whatsapp-web.js";
import type { MessagingParts } from "../messages/messaging-parts.ts";
import { fetchInPage, lookForPicture } from "../messages/page-questions.ts";

/** What WhatsApp takes; the page makes squares of 640 pixels of them. */
const MAX_BYTES = 5 * 1024 * 1024;
const DOWNLOAD_TIMEOUT_MS = 60_000;
const PREFIX = "picture:";

export function isPictureId(mediaId: string): boolean {
  return mediaId.startsWith(PREFIX);
}

/**
 * The picture of a person or a group as a medium: `picture:<address>:<which one>`.
 * @param address as the page knows it
 */
export async function findPicture(client: Client, address: string): Promise<IncomingMedia | null> {
  const url = await urlOf(client, address);
  if (url === null) return null;
  return { id: idOf(address, url), mimeType: "image/jpeg", size: null, fileName: null };
}

/**
 * The page fetches it: what holds for the page, such as the proxy, holds for the picture.
 * @throws MEDIA_EXPIRED when there is another picture by now, or none
 */
export async function openPicture(
  client: Client,
  mediaId: string,
  signal: AbortSignal,
): Promise<Readable> {
  const address = mediaId.slice(PREFIX.length, mediaId.lastIndexOf(":"));
  const wait = { signal, timeoutMs: DOWNLOAD_TIMEOUT_MS };
  const url = await waitFor(urlOf(client, address), "finding a picture", wait);
  if (url === null || idOf(address, url) !== mediaId) {
    throw new OrquestaError("MEDIA_EXPIRED", "the picture was exchanged or taken away");
  }
  const bytes = await waitFor(fetchInPage(client, url), "downloading a picture", wait);
  if (bytes) return Readable.from([bytes]);
  throw new OrquestaError("MEDIA_EXPIRED", "WhatsApp does not give the picture");
}

/** Sets or takes away a picture by a way of the library. */
export interface PictureWays {
  /** The chat that it is of, as the page knows it. */
  readonly address: string;
  readonly set: (picture: MessageMedia) => Promise<boolean>;
  readonly remove: () => Promise<boolean>;
}

/**
 * @returns whether WhatsApp did it
 * @throws MEDIA_TOO_LARGE, MEDIA_NOT_FOUND
 */
export async function changePicture(
  { client, library, context }: MessagingParts,
  picture: MediaReference | null,
  ways: PictureWays,
): Promise<boolean> {
  if (picture === null) {
    if ((await urlOf(client, ways.address)) === null) return true;
    // The library takes away only what the page has looked for.
    await lookForPicture(client, ways.address);
    return await ways.remove();
  }
  const { mimeType, size } = picture;
  if (size > MAX_BYTES) {
    throw new OrquestaError("MEDIA_TOO_LARGE", "a profile picture has at most 5 MiB");
  }
  const bytes = await buffer(await context.media.open(picture));
  return await ways.set(new library.MessageMedia(mimeType, bytes.toString("base64")));
}

async function urlOf(client: Client, address: string): Promise<string | null> {
  // Undefined where there is none, or it is not for us; the types of the library do not say so.
  const url: string | undefined = await client.getProfilePicUrl(address);
  return url ?? null;
}

/** Its address without what expires says which picture it is. */
function idOf(address: string, url: string): string {
  const { pathname } = new URL(url);
  const which = createHash("sha256").update(pathname).digest("hex").slice(0, 16);
  return `${PREFIX}${address}:${which}`;
}
