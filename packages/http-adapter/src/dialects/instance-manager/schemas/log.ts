import { z } from "@hono/zod-openapi";
import { LOG_LEVELS } from "@orquesta/core";
import { iso, success } from "./common.ts";

export const DEFAULT_TAIL = 100;
const MAX_TAIL = 10_000;

/** RFC 3339 with a zone: nobody has to guess whose midnight is meant. */
const time = z.iso
  .datetime({ offset: true, error: "must be a date and time such as 2026-01-31T12:00:00Z" })
  .transform((text) => new Date(text))
  .optional();
const timeInDocument = { type: "string", format: "date-time" } as const;

export const logsQuerySchema = z
  .object({
    tail: z
      .string()
      .regex(/^\d{1,6}$/, "must be a whole number")
      .transform(Number)
      .pipe(z.int().min(1).max(MAX_TAIL))
      .optional()
      .openapi({ type: "integer", minimum: 1, maximum: MAX_TAIL, default: DEFAULT_TAIL }),
    level: z
      .enum(LOG_LEVELS)
      .optional()
      .openapi({ description: "Lines of this level and of those above it" }),
    from: time.openapi({ ...timeInDocument, description: "Not before" }),
    to: time.openapi({ ...timeInDocument, description: "Not after" }),
    search: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .openapi({ description: "Text in the message, upper or lower case; no pattern" }),
    source: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .openapi({ description: "The part of Orquesta that wrote the line" }),
  })
  .refine(({ from, to }) => !(from && to && from > to), {
    path: ["from"],
    error: "must not be after to",
  });

const logsSchema = z.object({
  logs: z.array(
    z.object({
      timestamp: iso,
      level: z.enum(LOG_LEVELS),
      message: z.string(),
      source: z.string(),
    }),
  ),
  total_lines: z.int(),
  tail: z.int(),
});

export const logsAnswerSchema = z.object({ success, data: logsSchema });

export const LOGS_EXAMPLE = {
  logs: [
    {
      timestamp: "2024-01-01T12:00:00.000Z",
      level: "info" as const,
      message: "session opened",
      source: "supervisor",
    },
  ],
  total_lines: 1000,
  tail: 100,
};
