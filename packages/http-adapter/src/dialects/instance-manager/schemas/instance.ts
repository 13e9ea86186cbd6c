import { z } from "@hono/zod-openapi";
import { AUTH_STATUS_WORDS, STATUS_WORDS } from "../words.ts";
import { account, iso, success } from "./common.ts";

export const INSTANCE_TYPES = ["api"] as const;
export const DEFAULT_INSTANCE_TYPES = ["api"] as const satisfies typeof INSTANCE_TYPES;

const BOT_TOKEN = /^\d+:\S+$/;

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
    config: z.record(z.string(), z.unknown()).optional().openapi({
      description: "Settings of the provider; of telegram with the bot's token as `bot_token`",
    }),
  })
  .superRefine(({ provider, config }, context) => {
    if (provider !== "telegram" || BOT_TOKEN.test(String(config?.["bot_token"]))) return;
    const message = "has to be a bot token such as 123456789:AAE…, as BotFather gives it";
    context.addIssue({ code: "custom", path: ["config", "bot_token"], message });
  })
  .openapi("CreateInstance");

export const listQuerySchema = z.object({ company_id: z.string().min(1).max(256).optional() });

export const instanceSchema = z
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
    last_seen_at: iso
      .nullable()
      .openapi({ description: "When anything came from the platform; null without a session" }),
    evidence: z
      .object({
        last_ping_at: iso.nullable(),
        ping_round_trip_ms: z.number().nullable(),
        last_ack_at: iso.nullable(),
      })
      .nullable()
      .openapi({ description: "What else proves that the session is alive" }),
    created_at: iso,
    updated_at: iso,
  })
  .openapi("Instance");

export const createdSchema = z.object({
  success,
  instance_id: z.uuid(),
  message: z.string(),
  process_result: z.object({
    success,
    details: z.object({ ports: z.object({ api: z.int() }), api_key: z.string() }),
  }),
});
export const instanceAnswerSchema = z.object({ success, data: instanceSchema });
export const instanceListSchema = z.object({ success, data: z.array(instanceSchema) });

export const CREATE_EXAMPLE = {
  company_id: "user-001",
  provider: "baileys",
  type_instance: ["api" as const],
  api_webhook_schema: {
    url: "https://webhook.example.com/whatsapp",
    headers: { Authorization: "Bearer your-token" },
    enabled: true,
  },
};

export const CREATED_EXAMPLE = {
  success: true as const,
  instance_id: "550e8400-e29b-41d4-a716-446655440000",
  message: "Instance created successfully",
  process_result: {
    success: true as const,
    details: { ports: { api: 3000 }, api_key: "abc123def456" },
  },
};

export const INSTANCE_EXAMPLE = {
  id: "550e8400-e29b-41d4-a716-446655440000",
  company_id: "user-001",
  provider: "baileys",
  type_instance: ["api" as const],
  status: "client_ready" as const,
  auth_status: "authenticated" as const,
  reason: null,
  ports: { api: 3000 },
  account: "+1234567890",
  last_seen_at: "2024-01-01T12:04:58.000Z",
  evidence: {
    last_ping_at: "2024-01-01T12:04:58.000Z",
    ping_round_trip_ms: 41,
    last_ack_at: null,
  },
  created_at: "2024-01-01T12:00:00.000Z",
  updated_at: "2024-01-01T12:05:00.000Z",
};
