import { v7 as uuidv7 } from "uuid";
import type { Webhook } from "./webhook.ts";
import { SHAPES } from "./webhook-body.ts";
import type { WebhookClient } from "./webhook-client.ts";
import { describeFailure } from "./webhook-worker.ts";

/** How a test of a webhook went. */
export interface WebhookTestResult {
  /** Whether the endpoint answered 2xx. */
  readonly ok: boolean;
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  readonly durationMs: number;
  /** Null when it went well. */
  readonly error: string | null;
}

const TEXT = "This is a test of the webhook, sent by Orquesta. It tells of no event.";

/** Posts a marked test event now, once, signed like a delivery; it is in no journal and no history. */
export async function testWebhook(
  webhook: Webhook,
  client: WebhookClient,
  provider: string,
  signal?: AbortSignal,
): Promise<WebhookTestResult> {
  const { instanceId, shape, credentials, timeoutMs } = webhook;
  const id = uuidv7();
  const content = { id, instanceId, occurredAt: new Date().toISOString(), text: TEXT };
  const body = JSON.stringify(SHAPES[shape].test(content, provider));
  const startedAt = performance.now();
  const told = (status: number | null, error: string | null): WebhookTestResult => {
    const durationMs = Math.round(performance.now() - startedAt);
    return { ok: error === null, status, durationMs, error };
  };
  if (credentials === null) return told(null, "the headers and secrets cannot be opened");
  const deadline = AbortSignal.timeout(timeoutMs);
  const ended = signal ? AbortSignal.any([signal, deadline]) : deadline;
  try {
    const post = { id, event: "webhook.test", attempt: 1, body };
    const { status } = await client.post(webhook, credentials, post, ended);
    const isTaken = status >= 200 && status < 300;
    return told(status, isTaken ? null : `the endpoint answered ${status}`);
  } catch (error) {
    return told(
      null,
      deadline.aborted ? `no answer within ${timeoutMs} ms` : describeFailure(error),
    );
  }
}
