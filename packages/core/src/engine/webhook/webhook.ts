import type { WebhookShape } from "./webhook-input.ts";

/** A place where the events of one instance are posted. */
export interface Webhook {
  readonly id: string;
  readonly instanceId: string;
  readonly url: string;
  /** May hold credentials. Null when they cannot be opened with the configured secret. */
  readonly headers: Readonly<Record<string, string>> | null;
  readonly enabled: boolean;
  readonly shape: WebhookShape;
}
