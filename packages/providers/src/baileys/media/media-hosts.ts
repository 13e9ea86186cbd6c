import { OrquestaError, waitFor } from "@orquesta/core";
import type { BinaryNode, WASocket } from "@whiskeysockets/baileys";
import { type Dispatcher, request } from "undici";

/** Servers that take and give media, and the token that they want for uploads. */
interface MediaConnection {
  readonly hosts: readonly string[];
  readonly auth: string;
  readonly expiresAt: number;
}

export interface MediaHostsParts {
  readonly socket: Pick<WASocket, "query">;
  /** Whether they speak TLS: all do but those of a fake server. */
  readonly isSecure: boolean;
  /** The way to them; undefined: directly. */
  readonly dispatcher: Dispatcher | undefined;
}

export type MediaResponse = Dispatcher.ResponseData;

const QUERY_TIMEOUT_MS = 30_000;
/** Without a byte in this time a host is taken for dead. */
const SILENCE_MS = 60_000;
const ORIGIN = "https://web.whatsapp.com";

/**
 * The media hosts that the server names. Baileys has the same, but remembers a question that failed as
 * if it were an answer, and asks whatever host the sender of a message names.
 */
export class MediaHosts {
  readonly #parts: MediaHostsParts;
  #connection: Promise<MediaConnection> | null = null;

  constructor(parts: MediaHostsParts) {
    this.#parts = parts;
  }

  /** @throws PLATFORM_UNREACHABLE, ABORTED */
  async connection(signal: AbortSignal, isStale = false): Promise<MediaConnection> {
    const known = isStale ? null : await this.#connection?.catch(() => null);
    if (known && known.expiresAt > Date.now()) return known;
    const asked = this.#ask();
    asked.catch(() => {});
    this.#connection = asked;
    return await waitFor(asked, "media hosts", { signal, timeoutMs: QUERY_TIMEOUT_MS });
  }

  /**
   * @param pathAndQuery on the host: what does not stay on it is refused
   * @throws PLATFORM_UNREACHABLE, MEDIA_NOT_FOUND (no path of a medium), ABORTED
   */
  async request(
    host: string,
    pathAndQuery: string,
    options: Pick<Dispatcher.RequestOptions, "method" | "headers" | "body"> & {
      readonly signal: AbortSignal;
    },
  ): Promise<MediaResponse> {
    const { isSecure, dispatcher } = this.#parts;
    const origin = `${isSecure ? "https" : "http"}://${host}`;
    const url = URL.parse(pathAndQuery, origin);
    if (url === null || url.origin !== new URL(origin).origin) {
      throw new OrquestaError("MEDIA_NOT_FOUND", "the message names no place on WhatsApp's hosts");
    }
    try {
      return await request(url, {
        ...options,
        headers: { ...options.headers, origin: ORIGIN },
        headersTimeout: SILENCE_MS,
        bodyTimeout: SILENCE_MS,
        ...(dispatcher && { dispatcher }),
      });
    } catch (cause) {
      options.signal.throwIfAborted();
      throw unreachable("WhatsApp's media host does not answer", cause);
    }
  }

  async #ask(): Promise<MediaConnection> {
    const node = await this.#parts.socket.query({
      tag: "iq",
      attrs: { type: "set", xmlns: "w:m", to: "s.whatsapp.net" },
      content: [{ tag: "media_conn", attrs: {} }],
    });
    const found = childrenOf(node).find(({ tag }) => tag === "media_conn");
    const hosts = childrenOf(found)
      .filter(({ tag }) => tag === "host")
      .flatMap(({ attrs }) => attrs["hostname"] ?? []);
    const { auth, ttl } = found?.attrs ?? {};
    if (hosts.length === 0 || !auth) throw unreachable("WhatsApp names no media host");
    return { hosts, auth, expiresAt: Date.now() + Number(ttl ?? 0) * 1_000 };
  }
}

export function unreachable(message: string, cause?: unknown): OrquestaError {
  return new OrquestaError("PLATFORM_UNREACHABLE", message, cause === undefined ? {} : { cause });
}

function childrenOf(node: BinaryNode | undefined): readonly BinaryNode[] {
  return Array.isArray(node?.content) ? node.content : [];
}
