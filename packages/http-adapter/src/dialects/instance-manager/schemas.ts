import { z } from "@hono/zod-openapi";
import { MAX_TEXT_LENGTH } from "@orquesta/core";
import { AUTH_STATUS_WORDS, STATUS_WORDS } from "./words.ts";

export const INSTANCE_TYPES = ["api"] as const;
export const DEFAULT_INSTANCE_TYPES = ["api"] as const satisfies typeof INSTANCE_TYPES;
export const DEFAULT_TAIL = 100;
const MAX_TAIL = 10_000;

const iso = z.iso.datetime();
const success = z.literal(true);
const account = z.string().nullable().openapi({ example: "+1234567890" });

export const createBodySchema = z
  .strictObject({
    company_id: z.string().trim().min(1).max(256).openapi({ example: "user-001" }),
    provider: z.string().min(1).max(64).openapi({ example: "baileys" }),
    type_instance: z
      .array(z.enum(INSTANCE_TYPES))
      .min(1)
      .max(INSTANCE_TYPES.length)
      .default([...DEFAULT_INSTANCE_TYPES]),
    api_webhook_schema: z
      .strictObject({
        url: z
          .string()
          .min(1)
          .max(2048)
          .openapi({ example: "https://webhook.example.com/whatsapp" }),
        headers: z.record(z.string(), z.string()).optional(),
        enabled: z.boolean().optional(),
      })
      .optional(),
    config: z
      .record(z.string(), z.unknown())
      .optional()
      .openapi({ description: "Settings of the provider" }),
  })
  .openapi("CreateInstance");

export const sendBodySchema = z
  .strictObject({
    chat_id: z.string().trim().min(1).max(256).optional(),
    to: z.string().trim().min(1).max(256).optional().openapi({ description: "Same as chat_id" }),
    type: z.literal("text").default("text"),
    text: z.string().min(1).max(MAX_TEXT_LENGTH),
    quote_message_id: z.string().min(1).max(256).optional(),
  })
  .refine(({ chat_id, to }) => (chat_id === undefined) !== (to === undefined), {
    path: ["chat_id"],
    error: "either chat_id or to is required",
  })
  .openapi("SendMessage");

export const sendHeadersSchema = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
    .optional()
    .openapi({ description: "A repeat with the same key answers the first result" }),
});

/** Whether an id is a uuid is checked before any schema, because a wrong one is 404 and not 400. */
export const instanceParamsSchema = z.object({
  instanceId: z.string().openapi({ format: "uuid" }),
});
export const messageParamsSchema = instanceParamsSchema.extend({ messageId: z.string() });

export const listQuerySchema = z.object({ company_id: z.string().min(1).max(256).optional() });

export const logsQuerySchema = z.object({
  tail: z
    .string()
    .regex(/^\d{1,6}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1).max(MAX_TAIL))
    .optional()
    .openapi({ type: "integer", minimum: 1, maximum: MAX_TAIL, default: DEFAULT_TAIL }),
});

const instanceSchema = z
  .object({
    id: z.uuid(),
    company_id: z.string(),
    provider: z.string(),
    type_instance: z.array(z.enum(INSTANCE_TYPES)),
    status: z.enum(STATUS_WORDS),
    auth_status: z.enum(AUTH_STATUS_WORDS),
    reason: z.string().nullable(),
    ports: z.object({ api: z.int() }),
    account,
    created_at: iso,
    updated_at: iso,
  })
  .openapi("Instance");

const messageSchema = z
  .object({
    id: z.string(),
    message_id: z.string().nullable(),
    chat_id: z.string(),
    status: z.enum(["queued", "sending", "sent", "delivered", "read", "failed", "unconfirmed"]),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    created_at: iso,
    sent_at: iso.nullable(),
    repeated: z.boolean(),
  })
  .openapi("Message");

const keySchema = z.object({
  api_key: z.string(),
  generated_at: iso,
  last_use: iso.nullable(),
  usage_count: z.int(),
});

const logsSchema = z.object({
  logs: z.array(
    z.object({
      timestamp: iso,
      level: z.enum(["debug", "info", "warn", "error"]),
      message: z.string(),
      source: z.string(),
    }),
  ),
  total_lines: z.int(),
  tail: z.int(),
});

export const createdSchema = z.object({
  success,
  instance_id: z.uuid(),
  message: z.string(),
  process_result: z.object({
    success,
    details: z.object({ ports: z.object({ api: z.int() }), api_key: z.string() }),
  }),
});
export const doneSchema = z.object({ success, message: z.string() });
export const instanceAnswerSchema = z.object({ success, data: instanceSchema });
export const instanceListSchema = z.object({ success, data: z.array(instanceSchema) });
export const keyAnswerSchema = z.object({ success, data: keySchema });
export const logsAnswerSchema = z.object({ success, data: logsSchema });
export const messageAnswerSchema = z.object({ success, data: messageSchema });
export const qrAnswerSchema = z.object({
  success,
  data: z.object({ qr_url: z.string(), url: z.url() }),
});
export const authStatusAnswerSchema = z.object({
  success,
  data: z.object({
    status: z.enum(AUTH_STATUS_WORDS),
    authenticated: z.boolean(),
    account,
    reason: z.string().nullable(),
  }),
});

export const errorSchema = z
  .object({
    success: z.literal(false),
    error: z.string(),
    code: z.string().openapi({ example: "INSTANCE_NOT_FOUND" }),
    details: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .openapi("Error");
