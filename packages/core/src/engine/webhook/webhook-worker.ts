import type { Agent } from "undici";
import type { JournalEvent } from "../event/instance-event.ts";
import type { NewTask, Outcome, Task, Worker } from "../journal/worker.ts";
import type { TargetRules } from "./target-rules.ts";
import type { Webhook } from "./webhook.ts";
import { webhookBody } from "./webhook-body.ts";
import type { WebhookStore } from "./webhook-store.ts";

export interface WebhookWorkerOptions {
  readonly webhooks: WebhookStore;
  readonly rules: TargetRules;
  /** Provider id of an instance. */
  providerOf(instanceId: string): string;
}

interface HttpClient {
  readonly agent: Agent;
  readonly request: typeof import("undici").request;
}

const TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5000;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** An answer is not read beyond this: it says nothing that we need. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Posts events to the webhooks of their instance: in order per chat, at least once, the same event id on repeats. */
export class WebhookWorker implements Worker {
  readonly name = "webhooks";
  readonly limits = {
    // An endpoint knows a repeat by the event's id.
    startsAreDurable: false,
    concurrency: 16,
    timeoutMs: TIMEOUT_MS + CONNECT_TIMEOUT_MS,
    backoffMs: [
      SECOND,
      5 * SECOND,
      30 * SECOND,
      2 * MINUTE,
      10 * MINUTE,
      30 * MINUTE,
      HOUR,
      2 * HOUR,
      4 * HOUR,
      8 * HOUR,
    ],
  };
  readonly #options: WebhookWorkerOptions;
  #client: Promise<HttpClient> | null = null;

  constructor(options: WebhookWorkerOptions) {
    this.#options = options;
  }

  plan(events: readonly JournalEvent[]): NewTask[] {
    const { webhooks, providerOf } = this.#options;
    return events.flatMap((event) =>
      webhooks
        .of(event.instanceId)
        .filter(({ enabled, shape }) => {
          return enabled && webhookBody(shape, event, providerOf(event.instanceId)) !== null;
        })
        .map(({ id }) => ({ event, target: id, lane: event.chatId ?? "" })),
    );
  }

  async run({ target, event, attempt }: Task, signal: AbortSignal): Promise<Outcome> {
    const webhook = this.#options.webhooks.get(target);
    if (!webhook?.enabled)
      return { state: "dead", error: "the webhook is switched off or removed" };
    const body = webhookBody(webhook.shape, event, this.#options.providerOf(event.instanceId));
    if (body === null) return { state: "done" };
    const { headers } = webhook;
    if (headers === null) return { state: "retry", error: "the headers cannot be opened" };
    try {
      this.#options.rules.assertUrl(webhook.url);
      return await this.#post(
        { ...webhook, headers },
        event,
        JSON.stringify(body),
        attempt,
        signal,
      );
    } catch (error) {
      return { state: "retry", error: describe(error) };
    }
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
        connect: { timeout: CONNECT_TIMEOUT_MS, lookup: this.#options.rules.lookup },
      }),
    }));
    return this.#client;
  }

  async #post(
    webhook: Webhook & { readonly headers: Readonly<Record<string, string>> },
    event: JournalEvent,
    body: string,
    attempt: number,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { request, agent } = await this.#connect();
    const response = await request(webhook.url, {
      method: "POST",
      dispatcher: agent,
      signal,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      headers: {
        "user-agent": "Orquesta",
        ...lowerCased(webhook.headers),
        "content-type": "application/json",
        // https://www.standardwebhooks.com: the same id on every repeat of a delivery.
        "webhook-id": event.id,
        "webhook-timestamp": String(Math.floor(Date.now() / 1000)),
        "x-orquesta-event": event.name,
        "x-orquesta-attempt": String(attempt),
      },
      body,
    });
    await response.body.dump({ limit: MAX_ANSWER_BYTES, signal });
    const { statusCode, headers } = response;
    if (statusCode >= 200 && statusCode < 300) return { state: "done" };
    const error = `the endpoint answered ${statusCode}`;
    const afterMs = retryAfterMs(headers["retry-after"]);
    return { state: "retry", error, ...(afterMs !== null && { afterMs }) };
  }
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

function describe(error: unknown): string {
  if (!(error instanceof Error)) return "the request failed";
  const code = "code" in error && typeof error.code === "string" ? `${error.code}: ` : "";
  return `${code}${error.message}`.slice(0, 500);
}
