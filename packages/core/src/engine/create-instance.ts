import { z } from "zod";
import { webhookInputSchema } from "./webhook/webhook-input.ts";

export const createInstanceSchema = z.strictObject({
  provider: z.string().min(1).max(64),
  /** Unique in the company. @default the id */
  name: z.string().min(1).max(100).optional(),
  companyId: z.string().min(1).max(256).optional(),
  /** Parsed by the provider. */
  settings: z.unknown().optional(),
  metadata: z.record(z.string(), z.unknown()).default({}),
  webhooks: z.array(webhookInputSchema).max(20).default([]),
});

export type CreateInstance = z.input<typeof createInstanceSchema>;
