import { randomBytes } from "node:crypto";
import { z } from "zod";

const PREFIX = "whsec_";
const GENERATED_BYTES = 32;
/** As https://www.standardwebhooks.com wants it. */
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** `whsec_` and 24 to 64 bytes in base64, as https://www.standardwebhooks.com writes it. */
export const signingSecretSchema = z.string().refine((text) => {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
  const { length } = keyOfSecret(text);
  return length >= MIN_BYTES && length <= MAX_BYTES;
}, `must be ${PREFIX} and ${MIN_BYTES} to ${MAX_BYTES} bytes in base64`);

/** A secret that deliveries of a webhook are signed with. */
export interface SigningSecret {
  /** Beginning with `whsec_`. */
  readonly secret: string;
  /** Unix ms; null for the one that stays. */
  readonly validUntil: number | null;
}

export function generateSigningSecret(): string {
  return `${PREFIX}${randomBytes(GENERATED_BYTES).toString("base64")}`;
}

/** The bytes that the signature is made with. */
export function keyOfSecret(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), "base64");
}
