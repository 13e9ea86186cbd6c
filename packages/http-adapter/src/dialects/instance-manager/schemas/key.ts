import { z } from "@hono/zod-openapi";
import { MAX_KEY_OVERLAP_MS } from "@orquesta/core";
import { instanceParamsSchema, iso, success } from "./common.ts";

const use = { generated_at: iso, last_use: iso.nullable(), usage_count: z.int() };

const keySchema = z.object({ api_key: z.string(), ...use });

const listedKeySchema = z
  .object({
    id: z.string(),
    last_four: z.string(),
    current: z.boolean(),
    ...use,
    expires_at: iso.nullable(),
  })
  .openapi("ListedApiKey");

const MAX_OVERLAP_SECONDS = MAX_KEY_OVERLAP_MS / 1000;

export const rotateBodySchema = z
  .strictObject({
    overlap_seconds: z.int().min(0).max(MAX_OVERLAP_SECONDS).optional().openapi({
      description:
        "How long the older keys go on working; 86400 when not given, 0 ends them at once",
    }),
  })
  .openapi("RotateApiKey");

export const keyParamsSchema = instanceParamsSchema.extend({ keyId: z.string() });
export const keyAnswerSchema = z.object({ success, data: keySchema });
export const keyListSchema = z.object({ success, data: z.array(listedKeySchema) });

export const KEY_EXAMPLE = {
  api_key: "abc123def456",
  generated_at: "2024-01-01T12:00:00.000Z",
  last_use: "2024-01-01T12:30:00.000Z",
  usage_count: 42,
};
