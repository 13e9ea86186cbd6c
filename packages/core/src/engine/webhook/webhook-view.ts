import { MASK } from "./mask.ts";
import type { Webhook } from "./webhook.ts";
import type { WebhookShape } from "./webhook-input.ts";

/** A webhook without what it keeps secret. */
export interface WebhookView {
  readonly id: string;
  readonly instanceId: string;
  readonly url: string;
  /** Names of the headers, each with a mask for its value. */
  readonly headers: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  /** Why Orquesta switched it off by itself; null when it did not. */
  readonly disabledReason: string | null;
  readonly shape: WebhookShape;
  /** Names of durable events and patterns such as `message.*`; null = all. */
  readonly events: readonly string[] | null;
  /** Deliveries a second; 0 = no limit, null = as many as the operator allows. */
  readonly maxPerSecond: number | null;
  readonly timeoutMs: number;
  /** Whether deliveries hold small media themselves. */
  readonly mediaBase64: boolean;
  /** Whether deliveries carry a signature; false only for webhooks from before there was one: rotate its secret. */
  readonly signed: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A webhook at the one moment when its secret is shown. */
export interface NewWebhook extends WebhookView {
  /** `whsec_…` for the receiver, who checks signatures with it. */
  readonly secret: string;
}

export interface RotatedSecret {
  /** `whsec_…`, shown this once. */
  readonly secret: string;
  /** ISO 8601: until then deliveries carry signatures of the former secrets, too. */
  readonly formerValidUntil: string;
}

export function toView(webhook: Webhook): WebhookView {
  const { id, instanceId, url, credentials, enabled, disabledReason, shape } = webhook;
  const names = Object.keys(credentials?.headers ?? {});
  return {
    id,
    instanceId,
    url,
    headers: Object.fromEntries(names.map((name) => [name, MASK])),
    enabled,
    disabledReason,
    shape,
    events: webhook.filter,
    maxPerSecond: webhook.maxPerSecond,
    timeoutMs: webhook.timeoutMs,
    mediaBase64: webhook.mediaBase64,
    signed: (credentials?.secrets.length ?? 0) > 0,
    createdAt: new Date(webhook.createdAt).toISOString(),
    updatedAt: new Date(webhook.updatedAt).toISOString(),
  };
}
