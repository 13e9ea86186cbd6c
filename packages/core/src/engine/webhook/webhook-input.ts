import { z } from "zod";

export const WEBHOOK_SHAPES = ["orquesta", "instance-manager"] as const;
export type WebhookShape = (typeof WEBHOOK_SHAPES)[number];

/** RFC 9110 token; hop-by-hop and framing headers would break the request. */
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, "is not a header name")
  .refine(
    (name) =>
      !/^(host|content-length|transfer-encoding|connection|upgrade|te|trailer)$/i.test(name),
    "may not be set",
  );

/** Visible ASCII, spaces and tabs: no line break can be smuggled in. */
const headerValue = z
  .string()
  .max(8192)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, "is not a header value");

export const webhookInputSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).max(2048),
  headers: z.record(headerName, headerValue).default({}),
  enabled: z.boolean().default(true),
  /** The words in which events are told. */
  shape: z.enum(WEBHOOK_SHAPES).default("orquesta"),
});

/** Where events of an instance are posted. Headers may hold credentials: they are sealed at rest. */
export type WebhookInput = z.input<typeof webhookInputSchema>;
export type WebhookSettings = z.output<typeof webhookInputSchema>;
