import type { Readable } from "node:stream";
import { OrquestaError, type SessionKeys } from "@orquesta/core";
import { request } from "undici";
import { failureOf } from "./api/bot-api-error.ts";
import type { Connection } from "./connection.ts";
import { readValue } from "./session-values.ts";

const HEADERS_TIMEOUT_MS = 30_000;
const BODY_TIMEOUT_MS = 30_000;
const TOO_BIG = /file is too big/i;

/** Fetches what came in. Where a file lies is asked each time: the link dies after an hour. */
export class MediaDownloads {
  readonly #connection: Connection;
  readonly #keys: SessionKeys;

  constructor(connection: Connection, keys: SessionKeys) {
    this.#connection = connection;
    this.#keys = keys;
  }

  /** @throws MEDIA_NOT_FOUND, MEDIA_EXPIRED, MEDIA_TOO_LARGE, SESSION_CLOSED */
  async open(mediaId: string, signal: AbortSignal): Promise<Readable> {
    const kept = await readValue(this.#keys, "telegram-media", mediaId);
    if (!kept) throw new OrquestaError("MEDIA_NOT_FOUND", "no message with this medium is known");
    const path = await this.#pathOf(kept.fileId, signal);
    return await this.#download(path, signal);
  }

  async #pathOf(fileId: string, signal: AbortSignal): Promise<string> {
    const { api } = this.#connection;
    try {
      const file = await api.call<{ readonly file_path?: string }>(
        "getFile",
        { file_id: fileId },
        { signal },
      );
      if (file.file_path) return file.file_path;
    } catch (cause) {
      const failure = failureOf(cause);
      if (failure?.outcome !== "refused") throw unreachable(failure?.description, cause);
      if (TOO_BIG.test(failure.description)) {
        const message = "Telegram gives bots no files of more than 20 MB";
        throw new OrquestaError("MEDIA_TOO_LARGE", message, { cause });
      }
      const message = `Telegram has the file no more: ${failure.description}`;
      throw new OrquestaError("MEDIA_EXPIRED", message, { cause });
    }
    throw new OrquestaError("MEDIA_EXPIRED", "Telegram has the file no more");
  }

  async #download(path: string, signal: AbortSignal): Promise<Readable> {
    const { api, dispatcher } = this.#connection;
    const either = AbortSignal.any([signal, api.closed]);
    try {
      const { statusCode, body } = await request(api.fileUrl(path), {
        signal: either,
        headersTimeout: HEADERS_TIMEOUT_MS,
        bodyTimeout: BODY_TIMEOUT_MS,
        ...(dispatcher && { dispatcher }),
      });
      if (statusCode === 200) return body;
      await body.dump();
      if (statusCode >= 500) throw unreachable(`status ${statusCode}`);
      throw new OrquestaError("MEDIA_EXPIRED", "Telegram has the file no more");
    } catch (error) {
      if (error instanceof OrquestaError) throw error;
      // Not passed on: the address holds the token.
      throw unreachable(error instanceof Error ? api.redact(error.message) : undefined);
    }
  }
}

function unreachable(description = "no answer", cause?: unknown): OrquestaError {
  const message = `Telegram did not give the file: ${description}`;
  return new OrquestaError("SESSION_CLOSED", message, cause === undefined ? {} : { cause });
}
