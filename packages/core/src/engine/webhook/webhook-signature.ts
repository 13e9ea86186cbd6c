import { createHmac, createSecretKey } from "node:crypto";
import { keyOfSecret, type SigningSecret } from "./signing-secret.ts";

export interface SignedContent {
  /** The `webhook-id` header. */
  readonly id: string;
  /** The `webhook-timestamp` header, Unix seconds. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * The `webhook-signature` header: one `v1,<base64 of HMAC-SHA256>` for each secret that is valid, with
 * spaces between, so that a receiver may know the old or the new one while they change.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookSignature(
  { id, timestamp, body }: SignedContent,
  secrets: readonly SigningSecret[],
  now: number = Date.now(),
): string {
  return secrets
    .filter(({ validUntil }) => validUntil === null || validUntil > now)
    .map(({ secret }) => {
      // Node takes six times as long for a key that it has to wrap by itself.
      const key = createSecretKey(keyOfSecret(secret));
      const mac = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`);
      return `v1,${mac.digest("base64")}`;
    })
    .join(" ");
}
