import type { UserFacingSocketConfig } from "@whiskeysockets/baileys";
import type { Dispatcher } from "undici";
import { ProxyAgent } from "../../shared/proxy/proxy-agent.ts";
import { makeProxyDispatcher } from "../../shared/proxy/proxy-dispatcher.ts";
import { parseProxyUrl } from "../../shared/proxy/proxy-server.ts";

/** The ways that Baileys goes to WhatsApp by, all through one proxy. Whoever opens it closes it. */
export class ProxyRoute {
  readonly #socket: ProxyAgent;
  readonly #uploads: ProxyAgent;
  readonly #downloads: Dispatcher;

  private constructor(url: string) {
    const proxy = parseProxyUrl(url);
    this.#socket = new ProxyAgent(proxy);
    this.#uploads = new ProxyAgent(proxy);
    this.#downloads = makeProxyDispatcher(proxy);
  }

  /** Null without a proxy. */
  static of(url: string | null): ProxyRoute | null {
    return url === null ? null : new ProxyRoute(url);
  }

  /** Socket, uploads and downloads each want another kind of door. */
  get config(): Pick<UserFacingSocketConfig, "agent" | "fetchAgent" | "options"> {
    // Bridge: Baileys asks for agents of `https`, and takes those of `ws://` too; its `RequestInit`
    // is the one of Node's older undici.
    return {
      agent: this.#socket,
      fetchAgent: this.#uploads,
      options: { dispatcher: this.#downloads },
    } as unknown as Pick<UserFacingSocketConfig, "agent" | "fetchAgent" | "options">;
  }

  /** For what does not go through Baileys. */
  get dispatcher(): Dispatcher {
    return this.#downloads;
  }

  close(): void {
    this.#socket.destroy();
    this.#uploads.destroy();
    void this.#downloads.destroy();
  }
}

/** `fetch` by the way that an instance goes by. */
export function fetchBy(
  route: ProxyRoute | null,
  url: string,
  signal: AbortSignal,
): Promise<Response> {
  // Bridge: Node's own `fetch` knows dispatchers only by the type of its older undici.
  const dispatcher = route === null ? {} : ({ dispatcher: route.dispatcher } as object);
  return fetch(url, { signal, ...dispatcher });
}
