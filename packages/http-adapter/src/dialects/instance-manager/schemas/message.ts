import { z } from "@hono/zod-openapi";
import { instanceParamsSchema, iso, success } from "./common.ts";

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

export const MESSAGE_EXAMPLE = {
  id: "01a1fe15-106d-76e3-a47c-3d0ce62d4c0e",
  message_id: "3EB0B68C339B27461C51C6",
  chat_id: "5511988887777@s.whatsapp.net",
  status: "sent" as const,
  error: null,
  created_at: "2024-01-01T12:00:00.000Z",
  sent_at: "2024-01-01T12:05:00.000Z",
  repeated: false,
};
