import { z } from "@hono/zod-openapi";
import { iso, success } from "./common.ts";

const keySchema = z.object({
  api_key: z.string(),
  generated_at: iso,
  last_use: iso.nullable(),
  usage_count: z.int(),
});

export const keyAnswerSchema = z.object({ success, data: keySchema });
