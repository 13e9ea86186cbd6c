import type { DurableEventName } from "../event/event-map.ts";
import type { SigningSecret } from "./signing-secret.ts";
import type { TokenBucket } from "./token-bucket.ts";
import type { WebhookShape } from "./webhook-input.ts";

/** A place where the events of one instance are posted. */
export interface Webhook {
  readonly id: string;
  readonly instanceId: string;
  readonly url: string;
  /** What cannot be shown. Null when it cannot be opened with the configured secret. */
  readonly credentials: WebhookCredentials | null;
  readonly enabled: boolean;
  /** Why Orquesta switched it off; null when it did not. */
  readonly disabledReason: string | null;
  readonly shape: WebhookShape;
  /** As it was given; null = all. */
  readonly filter: readonly string[] | null;
  /** What the filter lets pass. */
  readonly events: ReadonlySet<DurableEventName>;
  /** 0 = no limit, null = as many as the operator allows. */
  readonly maxPerSecond: number | null;
  readonly timeoutMs: number;
  /** Whether deliveries hold small media themselves. */
  readonly mediaBase64: boolean;
  /** When deliveries may begin. */
  readonly pace: TokenBucket;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface WebhookCredentials {
  /** Sent with every delivery. */
  readonly headers: Readonly<Record<string, string>>;
  /** The newest first; empty only for webhooks from before deliveries were signed. */
  readonly secrets: readonly SigningSecret[];
}
