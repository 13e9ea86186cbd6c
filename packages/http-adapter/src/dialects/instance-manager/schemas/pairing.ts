import { z } from "@hono/zod-openapi";
import { AUTH_STATUS_WORDS } from "../words.ts";
import { account, iso, success } from "./common.ts";

export const qrAnswerSchema = z.object({
  success,
  data: z.object({ qr_url: z.string(), url: z.url() }),
});

export const pairingCodeBodySchema = z
  .strictObject({
    phone: z.string().min(1).max(64).openapi({
      description: "The account's phone number with its country code, as people write it",
      example: "+55 11 99999-0000",
    }),
    code: z.string().min(1).max(64).optional().openapi({
      description: "A code of your own: 8 of 1-9 and A-Z without I, O and U",
      example: "SHPNAME1",
    }),
  })
  .openapi("RequestPairingCode");

export const pairingCodeAnswerSchema = z.object({
  success,
  data: z.object({
    code: z.string().openapi({ example: "SHPNAME1" }),
    expires_at: iso,
  }),
});

const pairingSchema = z
  .object({
    type: z.enum(["qr", "code", "passkey"]),
    expires_at: iso.nullable(),
    message: z.string().nullable(),
  })
  .openapi("Pairing", {
    description:
      "How the account is linked now, without the secret; a passkey cannot be answered here, and message says what to do",
  });

export const authStatusAnswerSchema = z.object({
  success,
  data: z.object({
    status: z.enum(AUTH_STATUS_WORDS),
    authenticated: z.boolean(),
    account,
    reason: z.string().nullable(),
    pairing: pairingSchema.nullable(),
  }),
});

export const QR_EXAMPLE = {
  qr_url: "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA...",
  url: "https://wa.me/settings/linked_devices#2@ABC123DEF456",
};

export const AUTH_STATUS_EXAMPLE = {
  status: "authenticated" as const,
  authenticated: true,
  account: "+1234567890",
  reason: null,
  pairing: null,
};

export const PAIRING_CODE_BODY_EXAMPLE = { phone: "+55 11 99999-0000" };

export const PAIRING_CODE_EXAMPLE = { code: "SHPNAME1", expires_at: "2024-01-01T12:02:00.000Z" };
