import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** A secret that a webhook is given, before and after the engine has stored it. */
export interface RunningSecret {
  readonly account: string;
  /** Grows with every rotation. */
  readonly number: number;
  readonly stored: boolean;
}

/** The same in every process. */
export function secretOf(account: string, number: number): string {
  return `whsec_${createHash("sha256").update(`${account}/${number}`).digest("base64")}`;
}

export interface SignedRequest {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  readonly body: string;
}

/** As a receiver does it: https://www.standardwebhooks.com. */
export function isSignedWith(secret: string, request: SignedRequest): boolean {
  const { id, timestamp, signature, body } = request;
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
  return signature.split(" ").some((one) => {
    const given = Buffer.from(one.slice("v1,".length), "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
