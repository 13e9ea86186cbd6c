import type { GuardedClient } from "../net/guarded-client.ts";
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

const SECOND = 1000;
const HOUR = 3_600_000;

/** An answer is not read beyond this: it says nothing that we need. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Posts to webhooks, signed, where the target rules allow it. Redirects are not followed. */
export class WebhookClient {
  readonly #http: GuardedClient;

  constructor(http: GuardedClient) {
    this.#http = http;
  }

  /** @throws WEBHOOK_TARGET_REFUSED, and what the connection throws */
  async post(
    { url }: Webhook,
    credentials: WebhookCredentials,
    post: Post,
    signal: AbortSignal,
  ): Promise<PostAnswer> {
    const response = await this.#http.request(url, {
      method: "POST",
      signal,
      headers: headersOf(credentials, post),
      body: post.body,
    });
    await response.body.dump({ limit: MAX_ANSWER_BYTES, signal });
    const { statusCode, headers } = response;
    return { status: statusCode, retryAfterMs: retryAfterMs(headers["retry-after"]) };
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
