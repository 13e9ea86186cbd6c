import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { ReadableStream } from "node:stream/web";
import { type IncomingMedia, type MediaReference, OrquestaError } from "@orquesta/core";
import { isGroupJid, userJid } from "../jid.ts";
import type { OperationParts } from "./operation-parts.ts";
import { refusalCodeOf } from "./platform-query.ts";

/** What WhatsApp takes; its own app makes squares of 640 pixels. */
const MAX_BYTES = 5 * 1024 * 1024;
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);
const PREFIX = "picture:";
const TO_SERVER = "s.whatsapp.net";
/** There is none, or it is not for us. */
const HIDDEN = new Set([401, 403, 404]);

type PictureParts = Pick<OperationParts, "query" | "socket">;

/**
 * Sets the picture of the account, or of a group. WhatsApp takes JPEG, and nothing here resizes it.
 * @throws VALIDATION_FAILED, MEDIA_TOO_LARGE, MEDIA_NOT_FOUND
 */
export async function setPicture(
  { socket, media, me }: OperationParts,
  chatId: string,
  picture: MediaReference | null,
): Promise<void> {
  const bytes = picture === null ? null : await readJpeg(await openJpeg(media, picture));
  const isOwn = chatId === userJid(me()?.id ?? "");
  await socket.query({
    tag: "iq",
    attrs: {
      to: TO_SERVER,
      type: "set",
      xmlns: "w:profile:picture",
      ...(!isOwn && { target: chatId }),
    },
    ...(bytes !== null && {
      content: [{ tag: "picture", attrs: { type: "image" }, content: bytes }],
    }),
  });
}

async function openJpeg(
  media: OperationParts["media"],
  picture: MediaReference,
): Promise<Readable> {
  if (picture.size <= MAX_BYTES) return await media.open(picture);
  throw new OrquestaError("MEDIA_TOO_LARGE", "a profile picture has at most 5 MiB");
}

async function readJpeg(stream: Readable): Promise<Buffer> {
  const bytes = await buffer(stream);
  if (bytes.subarray(0, JPEG.length).equals(JPEG)) return bytes;
  throw new OrquestaError("VALIDATION_FAILED", "WhatsApp takes profile pictures as JPEG only", {
    details: [{ field: "picture", message: "is no JPEG" }],
  });
}

/** The picture of a contact or group as a medium: `picture:<jid>:<which one>`. */
export async function findPicture(
  parts: PictureParts,
  jid: string,
  signal: AbortSignal,
): Promise<IncomingMedia | null> {
  const url = await pictureUrl(parts, jid, signal);
  if (url === null) return null;
  return { id: idOf(jid, url), mimeType: "image/jpeg", size: null, fileName: null };
}

export function isPictureId(mediaId: string): boolean {
  return mediaId.startsWith(PREFIX);
}

/**
 * Asks for its address again: the one from before is valid for a while only.
 * @param download `fetch`, by the way that the instance goes by
 * @throws MEDIA_EXPIRED when there is another picture by now, or none; PLATFORM_UNREACHABLE
 */
export async function openPicture(
  parts: PictureParts,
  mediaId: string,
  download: (url: string, signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal,
): Promise<Readable> {
  const jid = mediaId.slice(PREFIX.length, mediaId.lastIndexOf(":"));
  const url = await pictureUrl(parts, jid, signal);
  if (url === null || idOf(jid, url) !== mediaId) {
    throw new OrquestaError("MEDIA_EXPIRED", "the picture was exchanged or taken away");
  }
  const response = await download(url, signal).catch((cause: unknown) => {
    throw new OrquestaError("PLATFORM_UNREACHABLE", "the picture could not be fetched", { cause });
  });
  if (response.ok && response.body !== null) {
    // Bridge: the stream of `fetch` is Node's own one, under the name of the DOM.
    return Readable.fromWeb(response.body as ReadableStream);
  }
  await response.body?.cancel();
  throw new OrquestaError(
    "MEDIA_EXPIRED",
    `WhatsApp does not give the picture (${response.status})`,
  );
}

async function pictureUrl(
  { query, socket }: PictureParts,
  jid: string,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const ask = () => socket.profilePictureUrl(jid, "image");
    return (await query.run("asking for the picture", ask, signal)) ?? null;
  } catch (error) {
    if (HIDDEN.has(refusalCodeOf(error) ?? 0) && !isMissingGroup(jid, error)) return null;
    throw error;
  }
}

function isMissingGroup(jid: string, error: unknown): boolean {
  return isGroupJid(jid) && refusalCodeOf(error) === 403;
}

/** Its address without what expires says which picture it is. */
function idOf(jid: string, url: string): string {
  const { pathname } = new URL(url);
  return `${PREFIX}${jid}:${createHash("sha256").update(pathname).digest("hex").slice(0, 16)}`;
}
