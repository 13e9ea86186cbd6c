import { z } from "@hono/zod-openapi";

export const iso = z.iso.datetime();
export const success = z.literal(true);
export const account = z.string().nullable().openapi({ example: "+1234567890" });

/** Whether an id is a uuid is checked before any schema, because a wrong one is 404 and not 400. */
export const instanceParamsSchema = z.object({
  instanceId: z.string().openapi({ format: "uuid" }),
});

export const doneSchema = z.object({ success, message: z.string() });

export const errorSchema = z
  .object({
    success: z.literal(false),
    error: z.string(),
    code: z.string(),
    details: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .openapi("Error");
