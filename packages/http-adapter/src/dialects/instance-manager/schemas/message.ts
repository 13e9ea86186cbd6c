import { z } from "@hono/zod-openapi";
import { MAX_TEXT_LENGTH } from "@orquesta/core";
import { instanceParamsSchema, iso, success } from "./common.ts";

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

export const messageParamsSchema = instanceParamsSchema.extend({ messageId: z.string() });

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

export const messageAnswerSchema = z.object({ success, data: messageSchema });
