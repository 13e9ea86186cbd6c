import { z } from "@hono/zod-openapi";
import { iso, success } from "./common.ts";

export const DEFAULT_TAIL = 100;
const MAX_TAIL = 10_000;

export const logsQuerySchema = z.object({
  tail: z
    .string()
    .regex(/^\d{1,6}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1).max(MAX_TAIL))
    .optional()
    .openapi({ type: "integer", minimum: 1, maximum: MAX_TAIL, default: DEFAULT_TAIL }),
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

export const logsAnswerSchema = z.object({ success, data: logsSchema });
