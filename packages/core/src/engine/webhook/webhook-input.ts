import { z } from "zod";
import { eventFilterSchema } from "./event-filter.ts";
import { MASK } from "./mask.ts";
import { signingSecretSchema } from "./signing-secret.ts";

export const WEBHOOK_SHAPES = ["orquesta", "instance-manager"] as const;
export type WebhookShape = (typeof WEBHOOK_SHAPES)[number];

export const MAX_WEBHOOKS = 20;
const DEFAULT_TIMEOUT_MS = 15_000;
const MIN_TIMEOUT_MS = 1000;
export const MAX_TIMEOUT_MS = 60_000;
const MAX_RATE = 100_000;

/** RFC 9110 token; hop-by-hop and framing headers would break the request. */
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, "is not a header name")
  .refine(
    (name) =>
      !/^(host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|keep-alive)$/i.test(
        name,
      ),
    "may not be set",
  );

/** Visible ASCII, spaces and tabs: no line break can be smuggled in. */
const headerValue = z
  .string()
  .max(8192)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, "is not a header value")
  // What a view shows in the place of a value would overwrite it.
  .refine((value) => value !== MASK, "is the mask that hides a value, not a value");

const fields = {
  url: z
    .url({ protocol: /^https?$/, error: "must be an http or https URL" })
    .max(2048)
    .refine((url) => !URL.canParse(url) || new URL(url).username === "", {
      error: "may hold no user name and password; put them into an authorization header",
    }),
  /** Sent with every delivery; those that Orquesta sets itself win. */
  headers: z
    .record(headerName, headerValue)
    .refine((headers) => Object.keys(headers).length <= 50, "are too many; 50 are allowed"),
  /** While it is off nothing is told, and what still waits for it is put aside. */
  enabled: z.boolean(),
  /** The words in which events are told. */
  shape: z.enum(WEBHOOK_SHAPES),
  /** Names of durable events and patterns such as `message.*`; null = all. */
  events: eventFilterSchema.nullable(),
  /** Deliveries a second; 0 = no limit, null = as many as the operator allows. */
  maxPerSecond: z.int().min(0).max(MAX_RATE).nullable(),
  /** For connecting, sending and the answer together. */
  timeoutMs: z.int().min(MIN_TIMEOUT_MS).max(MAX_TIMEOUT_MS),
  /** Whether deliveries hold media of up to 512 KiB themselves, fetched from the platform meanwhile. */
  mediaBase64: z.boolean(),
};

export const webhookInputSchema = z.strictObject({
  url: fields.url,
  headers: fields.headers.default({}),
  enabled: fields.enabled.default(true),
  shape: fields.shape.default("orquesta"),
  events: fields.events.default(null),
  maxPerSecond: fields.maxPerSecond.default(null),
  timeoutMs: fields.timeoutMs.default(DEFAULT_TIMEOUT_MS),
  mediaBase64: fields.mediaBase64.default(false),
  /** `whsec_…`, signs every delivery. @default generated */
  secret: signingSecretSchema.optional(),
});

export const webhookChangesSchema = z.strictObject(fields).partial();

export const rotationSchema = z.strictObject({
  /** How long the former secret signs beside the new one. */
  overlapMs: z
    .int()
    .min(0)
    .max(30 * 86_400_000)
    .default(86_400_000),
  secret: signingSecretSchema.optional(),
});

/** Where events of an instance are posted. Headers may hold credentials: they are sealed at rest. */
export type WebhookInput = z.input<typeof webhookInputSchema>;
export type WebhookSettings = z.output<typeof webhookInputSchema>;
/** What is given is changed, the rest stays; `headers` replaces all of them. */
export type WebhookChanges = z.input<typeof webhookChangesSchema>;
export type ParsedWebhookChanges = z.output<typeof webhookChangesSchema>;
export type ParsedRotation = z.output<typeof rotationSchema>;
/** `overlapMs` @default 86_400_000, at most 30 days; `secret` @default generated */
export type SecretRotation = z.input<typeof rotationSchema>;
