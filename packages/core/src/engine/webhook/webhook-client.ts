import type { Agent } from "undici";
import type { TargetRules } from "./target-rules.ts";
import type { Webhook, WebhookCredentials } from "./webhook.ts";
import { webhookSignature } from "./webhook-signature.ts";

export interface Post {
  /** The same on every repeat of a delivery. */
  readonly id: string;
  readonly event: string;
  /** 1 on the first try. */
  readonly attempt: number;
  /** JSON. */
  readonly body: string;
}

export interface PostAnswer {
  readonly status: number;
  /** When the endpoint wants to be asked again. */
  readonly retryAfterMs: number | null;
}

interface HttpClient {
  readonly agent: Agent;
  readonly request: typeof import("undici").request;
}

const CONNECT_TIMEOUT_MS = 5000;
const SECOND = 1000;
const HOUR = 3_600_000;

/** An answer is not read beyond this: it says nothing that we need. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Posts to webhooks, signed, where the target rules allow it. Redirects are not followed. */
export class WebhookClient {
  readonly #rules: TargetRules;
  #client: Promise<HttpClient> | null = null;

  constructor(rules: TargetRules) {
    this.#rules = rules;
  }

  /** @throws WEBHOOK_TARGET_REFUSED, and what the connection throws */
  async post(
    { url }: Webhook,
    credentials: WebhookCredentials,
    post: Post,
    signal: AbortSignal,
  ): Promise<PostAnswer> {
    this.#rules.assertUrl(url);
    const { request, agent } = await this.#connect();
    const response = await request(url, {
      method: "POST",
      dispatcher: agent,
      signal,
      headers: headersOf(credentials, post),
      body: post.body,
    });
    await response.body.dump({ limit: MAX_ANSWER_BYTES, signal });
    const { statusCode, headers } = response;
    return { status: statusCode, retryAfterMs: retryAfterMs(headers["retry-after"]) };
  }

  async close(): Promise<void> {
    const client = await this.#client;
    await client?.agent.destroy();
  }

  /** Loaded with the first webhook: a program without one starts faster. */
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

/** https://www.standardwebhooks.com: id, timestamp and signature. What is ours stands above what is the user's. */
function headersOf(
  { headers, secrets }: WebhookCredentials,
  { id, event, attempt, body }: Post,
): Record<string, string> {
  const timestamp = Math.floor(Date.now() / SECOND);
  const { "webhook-signature": _forged, ...own } = lowerCased(headers);
  const signature = webhookSignature({ id, timestamp, body }, secrets);
  return {
    "user-agent": "Orquesta",
    ...own,
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    ...(signature !== "" && { "webhook-signature": signature }),
    "x-orquesta-event": event,
    "x-orquesta-attempt": String(attempt),
  };
}

/** So that a header of the user and one of ours never stand twice in a request. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** RFC 9110, section 10.2.3; an endpoint may make us wait an hour at most. */
function retryAfterMs(header: string | string[] | undefined): number | null {
  if (typeof header !== "string") return null;
  const ms = /^\d+$/.test(header) ? Number(header) * SECOND : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), HOUR);
}
