import type { Insertable } from "kysely";
import type { WebhookRow } from "../database/schema.ts";
import type { Seal } from "../seal/seal.ts";
import { eventsOf } from "./event-filter.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { Webhook, WebhookCredentials } from "./webhook.ts";
import { WEBHOOK_SHAPES } from "./webhook-input.ts";

export function toRow(webhook: Webhook, seal: Seal): Insertable<WebhookRow> {
  const { id, credentials, filter } = webhook;
  return {
    id,
    instance_id: webhook.instanceId,
    url: webhook.url,
    headers: seal.sealText(JSON.stringify(credentials?.headers ?? {}), placeOf(id, "headers")),
    secrets: seal.sealText(JSON.stringify(credentials?.secrets ?? []), placeOf(id, "secrets")),
    enabled: webhook.enabled ? 1 : 0,
    disabled_reason: webhook.disabledReason,
    shape: webhook.shape,
    events: filter === null ? null : JSON.stringify(filter),
    max_per_second: webhook.maxPerSecond,
    timeout_ms: webhook.timeoutMs,
    media_base64: webhook.mediaBase64 ? 1 : 0,
    created_at: webhook.createdAt,
    updated_at: webhook.updatedAt,
  };
}

export function fromRow(row: WebhookRow, seal: Seal): Webhook {
  const filter = row.events === null ? null : JSON.parse(row.events);
  return {
    id: row.id,
    instanceId: row.instance_id,
    url: row.url,
    credentials: openCredentials(row, seal),
    enabled: row.enabled === 1,
    disabledReason: row.disabled_reason,
    shape: WEBHOOK_SHAPES.find((shape) => shape === row.shape) ?? "orquesta",
    filter,
    events: eventsOf(filter),
    maxPerSecond: row.max_per_second,
    timeoutMs: row.timeout_ms,
    mediaBase64: row.media_base64 === 1,
    pace: new TokenBucket(),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** One that cannot be opened is no reason to stop the others. */
function openCredentials(row: WebhookRow, seal: Seal): WebhookCredentials | null {
  const { id, headers, secrets } = row;
  try {
    return {
      headers: JSON.parse(seal.openText(headers, placeOf(id, "headers"))),
      secrets: secrets === null ? [] : JSON.parse(seal.openText(secrets, placeOf(id, "secrets"))),
    };
  } catch {
    return null;
  }
}

function placeOf(id: string, what: "headers" | "secrets"): string {
  return `webhook/${id}/${what}`;
}
