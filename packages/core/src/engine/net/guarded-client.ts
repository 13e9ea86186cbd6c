import type { Agent, Dispatcher } from "undici";
import type { TargetRules } from "./target-rules.ts";

type RequestOptions = Omit<Dispatcher.RequestOptions, "origin" | "path">;

interface HttpClient {
  readonly agent: Agent;
  readonly request: typeof import("undici").request;
}

const CONNECT_TIMEOUT_MS = 5000;

/**
 * Calls URLs that strangers gave, where the target rules allow it; the addresses are those that were
 * checked. Redirects are not followed: where they lead is a URL to be checked like any other.
 */
export class GuardedClient {
  readonly #rules: TargetRules;
  #client: Promise<HttpClient> | null = null;

  constructor(rules: TargetRules) {
    this.#rules = rules;
  }

  /** @throws WEBHOOK_TARGET_REFUSED, MEDIA_TARGET_REFUSED, and what the connection throws */
  async request(url: string, options: RequestOptions): Promise<Dispatcher.ResponseData> {
    this.#rules.assertUrl(url);
    const { request, agent } = await this.#connect();
    return request(url, { ...options, dispatcher: agent });
  }

  /** Cuts off what is under way. */
  async close(): Promise<void> {
    const client = await this.#client;
    await client?.agent.destroy();
  }

  /** Loaded with the first call: a program without one starts faster. */
  #connect(): Promise<HttpClient> {
    this.#client ??= import("undici").then(({ Agent, request }) => ({
      request,
      agent: new Agent({
        connections: 64,
        keepAliveTimeout: 30_000,
        connect: { timeout: CONNECT_TIMEOUT_MS, lookup: this.#rules.lookup },
      }),
    }));
    return this.#client;
  }
}
