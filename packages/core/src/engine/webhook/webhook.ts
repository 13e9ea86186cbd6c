import type { WebhookShape } from "./webhook-input.ts";

/** A place where the events of one instance are posted. */
export interface Webhook {
  readonly id: string;
  readonly instanceId: string;
  readonly url: string;
  /** May hold credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly shape: WebhookShape;
}
