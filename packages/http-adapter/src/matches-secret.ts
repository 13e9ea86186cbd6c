import { createHash, timingSafeEqual } from "node:crypto";

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/**
 * Compares in constant time; the digests make the lengths equal. An unset or empty secret matches
 * nothing, an empty candidate neither.
 */
export function matchesSecret(candidate: string, secret: string | undefined): boolean {
  const isEqual = timingSafeEqual(digest(candidate), digest(secret ?? ""));
  return isEqual && candidate !== "" && secret !== undefined;
}
