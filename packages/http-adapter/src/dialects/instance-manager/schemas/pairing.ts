import { z } from "@hono/zod-openapi";
import { AUTH_STATUS_WORDS } from "../words.ts";
import { account, success } from "./common.ts";

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
