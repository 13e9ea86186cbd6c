import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { sha256 } from "./sealed-media.ts";

const UPLOAD = /^\/mms\/(image|video|audio|document)\/([\w-]{43})$/;
const DOWNLOAD = /^\/v\/([\w.-]+)$/;
const BLOCK = 16;
const MAC_LENGTH = 10;
const TOKEN_SECONDS = 300;
const MAX_UPLOAD_BYTES = 100 * 2 ** 20;

interface StoredMedium {
  readonly bytes: Buffer;
  readonly signature: string;
  isExpired: boolean;
}

/** What a client is told of the hosts and how it may use them. */
export interface MediaPermit {
  readonly auth: string;
  readonly ttlSeconds: number;
}

/**
 * The servers that keep encrypted media. An upload needs the token that the chat server gave, and a
 * path that is the hash of its bytes; a download needs the whole path that the upload was answered with.
 */
export class MediaHost {
  readonly #media = new Map<string, StoredMedium>();
  readonly #tokens = new Map<string, number>();
  readonly #refused: string[] = [];
  #maxBytes = MAX_UPLOAD_BYTES;
  #failure: number | null = null;
  #uploads = 0;

  /** Uploads that were taken. */
  get uploads(): number {
    return this.#uploads;
  }

  /** Why requests were refused, oldest first. */
  get refusals(): readonly string[] {
    return this.#refused;
  }

  permit(): MediaPermit {
    const auth = randomBytes(24).toString("base64");
    this.#tokens.set(auth, Date.now() + TOKEN_SECONDS * 1_000);
    return { auth, ttlSeconds: TOKEN_SECONDS };
  }

  /** Makes the tokens that were given worthless: clients have to ask for new ones. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** Larger uploads are refused. */
  limitUploads(maxBytes: number): void {
    this.#maxBytes = maxBytes;
  }

  /** Answers every request with this status, until called with null. */
  failWith(status: number | null): void {
    this.#failure = status;
  }

  /** Everything that is here now is gone, as after a month. */
  expire(): void {
    for (const medium of this.#media.values()) medium.isExpired = true;
  }

  /** Changes a byte of everything that is here now. */
  damage(): void {
    for (const { bytes } of this.#media.values()) bytes[0] = (bytes[0] ?? 0) ^ 1;
  }

  /** @returns the direct path */
  store(bytes: Buffer): string {
    const id = `t62.7118-24_${randomBytes(12).toString("base64url")}`;
    const signature = randomBytes(16).toString("hex");
    this.#media.set(id, { bytes: Buffer.from(bytes), signature, isExpired: false });
    return `/v/${id}?ccb=11-4&oh=${signature}&oe=${randomBytes(4).toString("hex")}&_nc_sid=5e03e0`;
  }

  /** The bytes under a direct path, or the HTTP status that says why not. */
  find(directPath: string): Buffer | number {
    const { pathname, searchParams } = new URL(directPath, "http://media");
    const medium = this.#media.get(DOWNLOAD.exec(pathname)?.[1] ?? "");
    if (medium === undefined) return 404;
    if (medium.isExpired) return 410;
    return searchParams.get("oh") === medium.signature ? medium.bytes : 403;
  }

  /** False when the request is for somebody else. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const url = new URL(request.url ?? "/", "http://media");
    if (this.#failure !== null && /^\/(mms|v)\//.test(url.pathname)) {
      this.#answer(response, this.#failure, "a failure was ordered");
      return true;
    }
    const upload = UPLOAD.exec(url.pathname);
    if (request.method === "POST" && upload !== null) {
      this.#upload(request, response, url, upload[2] ?? "");
      return true;
    }
    if (request.method !== "GET" || !DOWNLOAD.test(url.pathname)) return false;
    const found = this.find(`${url.pathname}${url.search}`);
    if (typeof found === "number") this.#answer(response, found, "no such medium");
    else response.writeHead(200, { "content-length": String(found.length) }).end(found);
    return true;
  }

  #upload(request: IncomingMessage, response: ServerResponse, url: URL, name: string): void {
    const auth = url.searchParams.get("auth") ?? "";
    const length = Number(request.headers["content-length"] ?? Number.NaN);
    if ((this.#tokens.get(auth) ?? 0) < Date.now()) {
      this.#answer(response, 401, "a token that was not given");
    } else if (url.searchParams.get("token") !== name) {
      this.#answer(response, 400, "a token that is not the path");
    } else if (Number.isNaN(length)) {
      this.#answer(response, 411, "an upload without its length");
    } else if (length > this.#maxBytes) {
      this.#answer(response, 413, "an upload that is too large");
    } else {
      this.#take(request, response, name);
      return;
    }
    // The rest of the upload is not wanted.
    request.resume();
  }

  #take(request: IncomingMessage, response: ServerResponse, name: string): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => undefined);
    request.on("end", () => {
      const bytes = Buffer.concat(chunks);
      if (sha256(bytes).toString("base64url") !== name) {
        this.#answer(response, 400, "bytes that are not those of the path");
      } else if (bytes.length % BLOCK !== MAC_LENGTH) {
        this.#answer(response, 400, "bytes that are not encrypted");
      } else {
        this.#uploads += 1;
        const directPath = this.store(bytes);
        const answer = { url: `https://mmg.whatsapp.net${directPath}`, direct_path: directPath };
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify(answer));
      }
    });
  }

  #answer(response: ServerResponse, status: number, why: string): void {
    this.#refused.push(why);
    response.writeHead(status, { "content-type": "text/plain", connection: "close" });
    response.end(`${why}\n`);
  }
}
