import type { JournalEvent } from "../event/instance-event.ts";
import type { NewTask, Outcome, Task, Worker } from "../journal/worker.ts";
import { type MediaTeller, tellMedia } from "./told-media.ts";
import type { Webhook } from "./webhook.ts";
import { SHAPES, webhookBody } from "./webhook-body.ts";
import type { PostAnswer, WebhookClient } from "./webhook-client.ts";
import { MAX_TIMEOUT_MS } from "./webhook-input.ts";
import type { WebhookStore } from "./webhook-store.ts";

export interface WebhookWorkerOptions {
  readonly webhooks: WebhookStore;
  readonly client: WebhookClient;
  /** The most deliveries a second that the operator allows to one webhook; 0 = no limit. */
  readonly maxPerSecond: number;
  readonly media: MediaTeller;
  /** Provider id of an instance. */
  providerOf(instanceId: string): string;
  /** The endpoint says that it is gone for good. */
  onGone(webhook: Webhook): void;
}

export const WEBHOOK_READER = "webhooks";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const GONE = 410;

/** Posts events to the webhooks of their instance: in order per chat, at least once, the same event id on repeats. */
export class WebhookWorker implements Worker {
  readonly name = WEBHOOK_READER;
  readonly limits = {
    // An endpoint knows a repeat by the event's id.
    startsAreDurable: false,
    concurrency: 16,
    timeoutMs: MAX_TIMEOUT_MS,
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

  constructor(options: WebhookWorkerOptions) {
    this.#options = options;
  }

  plan(events: readonly JournalEvent[]): NewTask[] {
    const { webhooks } = this.#options;
    return events.flatMap((event) =>
      webhooks
        .of(event.instanceId)
        .filter((webhook) => webhook.enabled && isToldOf(webhook, event))
        .map(({ id }) => taskFor(id, event)),
    );
  }

  timeoutMsOf(target: string): number {
    return this.#options.webhooks.get(target)?.timeoutMs ?? MAX_TIMEOUT_MS;
  }

  takeTurn(target: string, now: number): number {
    const webhook = this.#options.webhooks.get(target);
    // What is to be put aside needs no pace.
    if (!webhook?.enabled) return 0;
    const allowed = this.#options.maxPerSecond;
    return webhook.pace.take(slower(webhook.maxPerSecond ?? allowed, allowed), now);
  }

  async run({ target, event, attempt }: Task, signal: AbortSignal): Promise<Outcome> {
    const webhook = this.#options.webhooks.get(target);
    if (!webhook) return { state: "dead", error: "the webhook was removed" };
    if (!webhook.enabled) return { state: "dead", error: "the webhook was switched off" };
    // Its shape was changed since this was planned.
    if (!SHAPES[webhook.shape].tells(event)) return { state: "done" };
    const { credentials } = webhook;
    if (credentials === null) {
      return { state: "retry", error: "the headers and secrets cannot be opened" };
    }
    const provider = this.#options.providerOf(event.instanceId);
    const told = await tellMedia(event, this.#options.media, {
      base64: webhook.mediaBase64,
      // The other half is for the delivery; what is not fetched by then is there for the next one.
      timeoutMs: webhook.timeoutMs / 2,
      signal,
    });
    const body = webhookBody(SHAPES[webhook.shape], told, provider);
    try {
      const post = { id: event.id, event: event.name, attempt, body };
      return this.#judge(
        webhook,
        await this.#options.client.post(webhook, credentials, post, signal),
      );
    } catch (error) {
      return { state: "retry", error: describeFailure(error) };
    }
  }

  #judge(webhook: Webhook, { status, retryAfterMs }: PostAnswer): Outcome {
    const answer = { answerStatus: status };
    if (status >= 200 && status < 300) return { state: "done", ...answer };
    if (status === GONE) {
      this.#options.onGone(webhook);
      return { state: "dead", error: "the endpoint answered 410: it is gone", ...answer };
    }
    const isRedirect = status >= 300 && status < 400;
    const error = `the endpoint answered ${status}${isRedirect ? "; redirects are not followed" : ""}`;
    if (retryAfterMs === null) return { state: "retry", error, ...answer };
    return { state: "retry", error, afterMs: retryAfterMs, ...answer };
  }
}

/** Whether deliveries about the event go to the webhook while it is switched on. */
export function isToldOf(webhook: Webhook, event: JournalEvent): boolean {
  return webhook.events.has(event.name) && SHAPES[webhook.shape].tells(event);
}

/** In the lane of its chat. */
export function taskFor(webhookId: string, event: JournalEvent): NewTask {
  return { event, target: webhookId, lane: event.chatId ?? "" };
}

/** Why a request failed, without what was in it. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return "the request failed";
  const code = "code" in error && typeof error.code === "string" ? `${error.code}: ` : "";
  return `${code}${error.message}`.slice(0, 500);
}

/** 0 = no limit. */
function slower(one: number, other: number): number {
  if (one === 0 || other === 0) return Math.max(one, other);
  return Math.min(one, other);
}
