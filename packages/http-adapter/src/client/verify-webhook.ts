import { createHmac, timingSafeEqual } from "node:crypto";
import type { ErrorCode } from "@orquesta/core";

export interface WebhookRequest {
  /** `whsec_…`, or several while a secret is being changed. */
  readonly secret: string | readonly string[];
  /** Of the request: a web `Headers`, or an object as Node and its frameworks have it. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it came over the wire: parsing and printing it again changes bytes. */
  readonly body: string | Uint8Array;
  /** How far its timestamp may be from now; an old request that was recorded is refused. @default 300 */
  readonly toleranceSeconds?: number;
}

/** What comes with every delivery. */
export interface VerifiedWebhook<Body = unknown> {
  /** `webhook-id`: the same on every repeat of a delivery. Handle each id once. */
  readonly id: string;
  /** When this try was made. */
  readonly sentAt: Date;
  /** The name of the event, such as `message.received`. It is not signed; the body is. */
  readonly event: string | null;
  /** The parsed JSON. Its type is what the caller says: check it like any input. */
  readonly body: Body;
}

/** The request is not to be trusted. `message` says why, for the receiver's log. */
export class WebhookNotVerified extends Error {
  readonly code = "WEBHOOK_NOT_VERIFIED" satisfies ErrorCode;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "WebhookNotVerified";
  }
}

const PREFIX = "whsec_";
const VERSION = "v1,";

/**
 * Checks that a webhook comes from who knows the secret, was not changed, and is fresh, as
 * https://www.standardwebhooks.com describes it.
 * @throws WebhookNotVerified with the code WEBHOOK_NOT_VERIFIED; TypeError when a secret is not one
 */
export function verifyWebhook<Body = unknown>({
  secret,
  headers,
  body,
  toleranceSeconds = 300,
}: WebhookRequest): VerifiedWebhook<Body> {
  const keys = [secret].flat().map(toKey);
  const id = required(headers, "webhook-id");
  const timestamp = required(headers, "webhook-timestamp");
  const signatures = required(headers, "webhook-signature").split(" ");
  const sentAt = toTime(timestamp, toleranceSeconds);
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const isSigned = keys.some((key) => {
    const mac = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(bytes).digest();
    return signatures.some((signature) => matches(signature, mac));
  });
  if (!isSigned) throw new WebhookNotVerified("no signature of the request fits");
  return { id, sentAt, event: read(headers, "x-orquesta-event"), body: parseBody<Body>(bytes) };
}

function toKey(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  const key = Buffer.from(text, "base64");
  // Buffer.from reads as much as it can; what it could not read would make a weaker key.
  const isWhole = key.toString("base64").replace(/=+$/, "") === text.replace(/=+$/, "");
  if (key.length > 0 && isWhole) return key;
  throw new TypeError(`a webhook secret is ${PREFIX} and base64`);
}

function read(headers: WebhookRequest["headers"], name: string): string | null {
  if (typeof headers["get"] === "function") return (headers as Headers).get(name);
  for (const [key, value] of Object.entries(headers)) {
    if (key.toLowerCase() !== name) continue;
    // A header that came twice is nothing that we sent.
    if (typeof value === "string") return value;
    return Array.isArray(value) && value.length === 1 ? value[0] : null;
  }
  return null;
}

function required(headers: WebhookRequest["headers"], name: string): string {
  const value = read(headers, name);
  if (value) return value;
  throw new WebhookNotVerified(`the request has no header ${name}`);
}

function toTime(timestamp: string, toleranceSeconds: number): Date {
  const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (Number.isNaN(seconds)) throw new WebhookNotVerified("webhook-timestamp is no time");
  const age = Date.now() / 1000 - seconds;
  if (Math.abs(age) <= toleranceSeconds) return new Date(seconds * 1000);
  throw new WebhookNotVerified(
    `the request is from ${age > 0 ? "too long ago" : "the future"}: compare the clocks`,
  );
}

/** In constant time. */
function matches(signature: string, mac: Buffer): boolean {
  if (!signature.startsWith(VERSION)) return false;
  const given = Buffer.from(signature.slice(VERSION.length), "base64");
  return given.length === mac.length && timingSafeEqual(given, mac);
}

function parseBody<Body>(bytes: Uint8Array): Body {
  try {
    // What is signed is ours: its shape is what the caller subscribed to.
    return JSON.parse(Buffer.from(bytes).toString()) as Body;
  } catch (cause) {
    throw new WebhookNotVerified("the body is not JSON", { cause });
  }
}
