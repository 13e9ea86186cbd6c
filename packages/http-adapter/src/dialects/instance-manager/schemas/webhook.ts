import { z } from "@hono/zod-openapi";
import { DELIVERY_STATES, WEBHOOK_SHAPES } from "@orquesta/core";
import { instanceParamsSchema, iso, success } from "./common.ts";

/** What these may be is the engine's to say, which knows what the operator allows. */
const fields = {
  url: z.string().min(1).max(2048).openapi({ example: "https://hooks.example.com/whatsapp" }),
  headers: z
    .record(z.string(), z.string())
    .openapi({ description: "Sent with every delivery; they are not shown again" }),
  enabled: z.boolean(),
  shape: z.enum(WEBHOOK_SHAPES).openapi({
    description: "`instance-manager` tells messages, `orquesta` every event as the journal has it",
  }),
  events: z
    .array(z.string())
    .nullable()
    .openapi({ description: "Names, or patterns such as `message.*`; null = all" }),
  max_per_second: z
    .int()
    .nullable()
    .openapi({ description: "0 = no limit, null = what the operator allows" }),
  timeout_seconds: z.int().min(1).max(60).openapi({ description: "15 when not given" }),
  media_base64: z.boolean().openapi({
    description: "Media of up to 512 KiB are told with their bytes; false when not given",
  }),
};

const optional = z.object(fields).partial().shape;

const secret = z.string().openapi({
  description: "`whsec_` and base64 of 24 to 64 bytes; generated when not given",
});

export const addWebhookBodySchema = z
  .strictObject({ ...optional, url: fields.url, secret: secret.optional() })
  .openapi("AddWebhook");

export const ADD_WEBHOOK_EXAMPLE = {
  url: "https://hooks.example.com/whatsapp",
  shape: "orquesta",
  events: ["message.*"],
} satisfies z.input<typeof addWebhookBodySchema>;

export const updateWebhookBodySchema = z.strictObject(optional).openapi("UpdateWebhook");

export const rotateSecretBodySchema = z
  .strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(30 * 86_400)
      .optional()
      .openapi({ description: "How long the former secret signs, too; 86400 when not given" }),
    secret: secret.optional(),
  })
  .openapi("RotateSecret");

export const replayBodySchema = z
  .strictObject({
    from: z.int().min(1).openapi({ description: "Number of the first event" }),
    to: z.int().min(1).optional().openapi({ description: "Number of the last one; the newest" }),
  })
  .openapi("Replay");

export const webhookParamsSchema = instanceParamsSchema.extend({ webhookId: z.string() });
export const deliveryParamsSchema = instanceParamsSchema.extend({ deliveryId: z.string() });

export const deliveriesQuerySchema = z.object({
  state: z.enum(DELIVERY_STATES).optional(),
  webhook_id: z.string().min(1).max(100).optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1).max(500))
    .optional()
    .openapi({ type: "integer", minimum: 1, maximum: 500, default: 100 }),
  cursor: z.string().max(100).optional().openapi({ description: "From the page before" }),
});

const webhookSchema = z
  .object({
    id: z.string(),
    ...fields,
    headers: z.record(z.string(), z.string()).openapi({ description: "Names, with masked values" }),
    timeout_seconds: z.number(),
    disabled_reason: z.string().nullable(),
    signed: z.boolean(),
    created_at: iso,
    updated_at: iso,
  })
  .openapi("Webhook");

export const webhookAnswerSchema = z.object({ success, data: webhookSchema });
export const webhookListSchema = z.object({ success, data: z.array(webhookSchema) });
export const newWebhookSchema = z.object({
  success,
  data: webhookSchema.extend({ secret: z.string() }).openapi("NewWebhook"),
});
export const rotatedSecretSchema = z.object({
  success,
  data: z.object({ secret: z.string(), former_valid_until: iso }),
});

const deliverySchema = z
  .object({
    id: z.string(),
    webhook_id: z.string(),
    event_id: z.string().nullable(),
    event: z.string().nullable(),
    event_number: z.int(),
    state: z.enum(DELIVERY_STATES),
    attempts: z.int(),
    error: z.string().nullable(),
    last_status: z.int().nullable(),
    duration_ms: z.int().nullable(),
    created_at: iso,
    next_attempt_at: iso.nullable(),
    finished_at: iso.nullable(),
  })
  .openapi("Delivery");

export const deliveryAnswerSchema = z.object({ success, data: deliverySchema });
export const deliveriesAnswerSchema = z.object({
  success,
  data: z.object({ deliveries: z.array(deliverySchema), cursor: z.string().nullable() }),
});
export const plannedAnswerSchema = z.object({
  success,
  data: z.object({ deliveries: z.int() }),
});
export const webhookTestSchema = z.object({
  success,
  data: z.object({
    ok: z.boolean(),
    status: z.int().nullable(),
    duration_ms: z.int(),
    error: z.string().nullable(),
  }),
});
