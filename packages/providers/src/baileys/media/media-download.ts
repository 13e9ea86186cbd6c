import { pipeline, type Readable } from "node:stream";
import { isOrquestaError, OrquestaError, waitFor } from "@orquesta/core";
import type { BaileysEventMap, WASocket } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "../baileys-library.ts";
import { toMediumRow } from "../incoming/journaled-message.ts";
import { MEDIA_TYPE } from "../own-key-types.ts";
import type { SessionStore } from "../session-store.ts";
import { mediaDecryptor } from "./media-cipher.ts";
import { type MediaHosts, type MediaResponse, unreachable } from "./media-hosts.ts";
import { type MediaLocator, toLocator } from "./media-locator.ts";

export interface MediaDownloadParts {
  readonly library: BaileysLibrary;
  readonly socket: Pick<WASocket, "ev" | "sendNode">;
  readonly hosts: MediaHosts;
  readonly store: SessionStore;
  readonly ownId: () => string | undefined;
}

type MediaUpdate = BaileysEventMap["messages.media-update"][number];

/** The phone may be off; whoever waits for a medium does not wait for that. */
const REUPLOAD_TIMEOUT_MS = 30_000;

/** Fetches media that came in, from WhatsApp's hosts or, when those have forgotten them, from the phone. */
export class MediaDownload {
  readonly #parts: MediaDownloadParts;

  constructor(parts: MediaDownloadParts) {
    this.#parts = parts;
  }

  /** @throws MEDIA_NOT_FOUND, MEDIA_EXPIRED, PLATFORM_UNREACHABLE, ABORTED */
  async open(mediaId: string, signal: AbortSignal): Promise<Readable> {
    const locator = toLocator((await this.#parts.store.read(MEDIA_TYPE, [mediaId]))[mediaId]);
    if (locator === null) {
      throw new OrquestaError("MEDIA_NOT_FOUND", "no such medium came in, or it was too long ago");
    }
    const found = await this.fetch(locator, signal);
    if (found !== null) return found;
    const renewed = { ...locator, directPath: await this.#askPhone(locator, signal) };
    await this.#parts.store.set(toMediumRow(mediaId, renewed));
    const again = await this.fetch(renewed, signal);
    if (again !== null) return again;
    throw expired();
  }

  /** Null when the hosts do not have it. @throws PLATFORM_UNREACHABLE, ABORTED */
  async fetch(
    { directPath, mediaKey, kind, sha256 }: Omit<MediaLocator, "message">,
    signal: AbortSignal,
  ): Promise<Readable | null> {
    if (directPath === "") return null;
    const { hosts } = await this.#parts.hosts.connection(signal);
    let failure = unreachable("WhatsApp names no media host");
    for (const host of hosts) {
      try {
        const response = await this.#get(host, directPath, signal);
        if (response === null) return null;
        return pipeline(response.body, mediaDecryptor(mediaKey, kind, sha256), () => {});
      } catch (error) {
        if (!isOrquestaError(error, "PLATFORM_UNREACHABLE")) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  async #get(host: string, path: string, signal: AbortSignal): Promise<MediaResponse | null> {
    const response = await this.#parts.hosts.request(host, path, { method: "GET", signal });
    const { statusCode, body } = response;
    if (statusCode === 200) return response;
    // What it says besides is not read; `destroy` reports itself as an error.
    body.on("error", () => {}).destroy();
    if (statusCode === 404 || statusCode === 410 || statusCode === 403) return null;
    throw unreachable(`WhatsApp's media host answers ${statusCode}`);
  }

  /** The phone has the medium longer than the hosts, and puts it there once more when it is asked. */
  async #askPhone({ message, mediaKey }: MediaLocator, signal: AbortSignal): Promise<string> {
    const { library, socket } = this.#parts;
    const ownId = this.#parts.ownId();
    if (ownId === undefined) throw expired();
    const { id, chatJid, isFromMe, participant } = message;
    const key = { id, remoteJid: chatJid, fromMe: isFromMe, ...(participant && { participant }) };
    const answer = Promise.withResolvers<MediaUpdate>();
    const listener = (updates: BaileysEventMap["messages.media-update"]) => {
      const update = updates.find((one) => one.key.id === id);
      if (update) answer.resolve(update);
    };
    socket.ev.on("messages.media-update", listener);
    try {
      await socket.sendNode(library.encryptMediaRetryRequest(key, mediaKey, ownId));
      const wait = { signal, timeoutMs: REUPLOAD_TIMEOUT_MS };
      return this.#readAnswer(await waitFor(answer.promise, "the phone", wait), id, mediaKey);
    } catch (cause) {
      if (isOrquestaError(cause, "TIMED_OUT")) throw expired(cause);
      throw cause;
    } finally {
      socket.ev.off("messages.media-update", listener);
    }
  }

  #readAnswer({ media }: MediaUpdate, messageId: string, mediaKey: Uint8Array): string {
    if (media === undefined) throw expired();
    const { decryptMediaRetryData, proto } = this.#parts.library;
    try {
      const { result, directPath } = decryptMediaRetryData(media, mediaKey, messageId);
      if (result === proto.MediaRetryNotification.ResultType.SUCCESS && directPath) {
        return directPath;
      }
    } catch (cause) {
      throw expired(cause);
    }
    throw expired();
  }
}

function expired(cause?: unknown): OrquestaError {
  return new OrquestaError(
    "MEDIA_EXPIRED",
    "WhatsApp does not have the medium any more, and the phone did not upload it again",
    cause === undefined ? {} : { cause },
  );
}
