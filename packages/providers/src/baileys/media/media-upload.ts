import { createHash, randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream";
import { type KeptMedia, type MediaReference, OrquestaError } from "@orquesta/core";
import { ExpiringCache } from "../expiring-cache.ts";
import { mediaEncryptor, sealedLength } from "./media-cipher.ts";
import { type MediaHosts, type MediaResponse, unreachable } from "./media-hosts.ts";
import { MEDIA_KINDS, type MediaKind } from "./media-kind.ts";

/** The fields that every media message of WhatsApp has. */
export interface UploadedMedia {
  readonly url: string;
  readonly directPath: string;
  readonly mediaKey: Uint8Array;
  /** Unix seconds. */
  readonly mediaKeyTimestamp: number;
  readonly fileSha256: Uint8Array;
  readonly fileEncSha256: Uint8Array;
  readonly fileLength: number;
}

/** What is sent to many chats is uploaded once in this time. */
const REUSE_MS = 3_600_000;
const MAX_REUSED = 100;
const MAX_ANSWER_BYTES = 64 * 1024;

/** Encrypts media and brings them to WhatsApp's hosts. */
export class MediaUploader {
  readonly #hosts: MediaHosts;
  readonly #media: KeptMedia;
  readonly #uploaded = new ExpiringCache(MAX_REUSED, REUSE_MS);

  constructor(hosts: MediaHosts, media: KeptMedia) {
    this.#hosts = hosts;
    this.#media = media;
  }

  /**
   * @throws SEND_REJECTED (WhatsApp does not take it, or it is not kept any more),
   *   PLATFORM_UNREACHABLE (may be tried again), ABORTED
   */
  async upload(
    media: MediaReference,
    kind: MediaKind,
    signal: AbortSignal,
  ): Promise<UploadedMedia> {
    const name = `${kind}|${media.hash}`;
    const known = this.#uploaded.get<UploadedMedia>(name);
    if (known !== undefined) return known;
    const sealing = await this.#seal(media, kind, signal);
    const { url, directPath } = await this.#deliver(sealing, signal);
    const { mediaKey, fileSha256, fileEncSha256 } = sealing;
    const mediaKeyTimestamp = Math.floor(Date.now() / 1_000);
    const fileLength = media.size;
    const keys = { mediaKey, mediaKeyTimestamp, fileSha256, fileEncSha256, fileLength };
    const uploaded = { url, directPath, ...keys };
    this.#uploaded.set(name, uploaded);
    return uploaded;
  }

  /**
   * The address on the host is made of the encrypted bytes, so they are made twice: once for their
   * hash, once to be sent. That is faster than a file in between, and leaves none behind.
   */
  async #seal(media: MediaReference, kind: MediaKind, signal: AbortSignal): Promise<Sealing> {
    const mediaKey = randomBytes(32);
    const plain = createHash("sha256");
    const sealed = createHash("sha256");
    const open = async () => pipe(await this.#open(media), mediaEncryptor(mediaKey, kind));
    const source = await this.#open(media);
    source.on("data", (chunk: Uint8Array) => plain.update(chunk));
    for await (const chunk of pipe(source, mediaEncryptor(mediaKey, kind))) {
      signal.throwIfAborted();
      sealed.update(chunk as Uint8Array);
    }
    const fileSha256 = plain.digest();
    return { kind, size: media.size, mediaKey, fileSha256, fileEncSha256: sealed.digest(), open };
  }

  async #open(media: MediaReference): Promise<Readable> {
    try {
      return await this.#media.open(media);
    } catch (cause) {
      throw new OrquestaError("SEND_REJECTED", "the medium is not kept here any more", { cause });
    }
  }

  /** Every host is tried once; a token that is not taken is fetched anew, once. */
  async #deliver(sealing: Sealing, signal: AbortSignal): Promise<Delivered> {
    let connection = await this.#hosts.connection(signal);
    let isRenewed = false;
    let failure = unreachable("WhatsApp names no media host");
    for (let index = 0; index < connection.hosts.length; index += 1) {
      const host = connection.hosts[index] ?? "";
      try {
        const answer = await this.#post(host, connection.auth, sealing, signal);
        if (answer !== "unauthorized") return answer;
        failure = unreachable("WhatsApp's media host does not take its own token");
      } catch (error) {
        if (!(error instanceof OrquestaError) || error.code !== "PLATFORM_UNREACHABLE") throw error;
        failure = error;
        continue;
      }
      if (isRenewed) continue;
      isRenewed = true;
      connection = await this.#hosts.connection(signal, true);
      index = -1;
    }
    throw failure;
  }

  async #post(
    host: string,
    auth: string,
    { kind, size, fileEncSha256, open }: Sealing,
    signal: AbortSignal,
  ): Promise<Delivered | "unauthorized"> {
    const token = fileEncSha256.toString("base64url");
    const query = new URLSearchParams({ auth, token });
    const body = await open();
    try {
      const response = await this.#hosts.request(
        host,
        `${MEDIA_KINDS[kind].path}/${token}?${query}`,
        {
          method: "POST",
          headers: {
            "content-type": "application/octet-stream",
            "content-length": String(sealedLength(size)),
          },
          body,
          signal,
        },
      );
      return await readAnswer(response);
    } finally {
      body.destroy();
    }
  }
}

interface Sealing {
  readonly kind: MediaKind;
  readonly size: number;
  readonly mediaKey: Buffer;
  readonly fileSha256: Buffer;
  readonly fileEncSha256: Buffer;
  /** The encrypted bytes, from the beginning. */
  readonly open: () => Promise<Readable>;
}

interface Delivered {
  readonly url: string;
  readonly directPath: string;
}

async function readAnswer({
  statusCode,
  body,
}: MediaResponse): Promise<Delivered | "unauthorized"> {
  const text = await readSome(body);
  if (statusCode === 401 || statusCode === 403) return "unauthorized";
  if (statusCode >= 500 || statusCode === 429) {
    throw unreachable(`WhatsApp's media host answers ${statusCode}`);
  }
  const answer = parseAnswer(text);
  if (statusCode < 300 && answer !== null) return answer;
  throw new OrquestaError("SEND_REJECTED", `WhatsApp does not take the medium (${statusCode})`);
}

/** Parser of what a host says. */
function parseAnswer(text: string): Delivered | null {
  try {
    const { url, direct_path: directPath } = JSON.parse(text) as Record<string, unknown>;
    return typeof directPath === "string"
      ? { url: typeof url === "string" ? url : "", directPath }
      : null;
  } catch {
    return null;
  }
}

async function readSome(body: MediaResponse["body"]): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Uint8Array);
    size += (chunk as Uint8Array).length;
    if (size > MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The end of `pipe`, with errors of the source, and the source destroyed along with it. */
function pipe(source: Readable, into: ReturnType<typeof mediaEncryptor>): Readable {
  return pipeline(source, into, () => {});
}
