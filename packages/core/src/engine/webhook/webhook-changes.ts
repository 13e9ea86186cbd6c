import { eventsOf } from "./event-filter.ts";
import { generateSigningSecret } from "./signing-secret.ts";
import type { Webhook } from "./webhook.ts";
import type { ParsedRotation, ParsedWebhookChanges } from "./webhook-input.ts";
import type { WebhookStore } from "./webhook-store.ts";
import type { RotatedSecret } from "./webhook-view.ts";

/** Secrets that sign at the same time: a header of many would be refused somewhere. */
const MAX_SECRETS = 5;

/** The webhook with what is given changed. */
export function changeWebhook(
  former: Webhook,
  { headers, events, ...changes }: ParsedWebhookChanges,
): Webhook {
  const { credentials } = former;
  return {
    ...former,
    ...withoutUndefined(changes),
    ...(headers && { credentials: { secrets: credentials?.secrets ?? [], headers } }),
    ...(events !== undefined && { filter: events, events: eventsOf(events) }),
    // Whoever switches it says what holds.
    ...(changes.enabled !== undefined && { disabledReason: null }),
  };
}

/** The webhook as it is after its endpoint said that it is gone for good. */
export function disableWebhook(former: Webhook, disabledReason: string): Webhook {
  return { ...former, enabled: false, disabledReason };
}

/** @throws WEBHOOK_NOT_FOUND */
export async function rotateSecret(
  webhooks: WebhookStore,
  id: string,
  { secret = generateSigningSecret(), overlapMs }: ParsedRotation,
): Promise<RotatedSecret> {
  const now = Date.now();
  const end = now + overlapMs;
  await webhooks.change(id, (former) => {
    const known = former.credentials?.secrets ?? [];
    const others = known
      .filter((one) => one.secret !== secret)
      // One that was to end earlier still does.
      .map((one) => ({ ...one, validUntil: Math.min(one.validUntil ?? end, end) }))
      .filter(({ validUntil }) => validUntil > now)
      .slice(0, MAX_SECRETS - 1);
    const headers = former.credentials?.headers ?? {};
    const secrets = [{ secret, validUntil: null }, ...others];
    return { ...former, credentials: { headers, secrets } };
  });
  return { secret, formerValidUntil: new Date(end).toISOString() };
}

function withoutUndefined<T extends object>(
  object: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  // The same object without some of its fields.
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
