import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

/** Profile pictures that can be fetched from this server. */
export class PictureShelf {
  /** Where it is served; known once the server listens. */
  base = "";
  readonly #pictures = new Map<string, Uint8Array>();

  /** Its id, and the URL that it is at. */
  keep(picture: Uint8Array): { readonly id: string; readonly url: string } {
    const hash = createHash("sha256").update(picture).digest("hex").slice(0, 16);
    this.#pictures.set(hash, picture);
    const id = String(Number.parseInt(hash.slice(0, 12), 16));
    // The real ones have a signature that expires.
    return { id, url: `${this.base}/pictures/${hash}.jpg?oe=${Date.now().toString(16)}` };
  }

  /** False when the request is for somebody else. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const [, hash = ""] = /^\/pictures\/([0-9a-f]+)\.jpg$/.exec(pathname) ?? [];
    const picture = this.#pictures.get(hash);
    if (picture === undefined) return false;
    response.writeHead(200, { "content-type": "image/jpeg", connection: "close" }).end(picture);
    return true;
  }
}
