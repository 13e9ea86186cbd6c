import { z } from "zod";

const bytes = z.union([
  z.instanceof(Uint8Array).refine((key) => key.length === 32, "must be 32 bytes"),
  z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, "must be 64 hexadecimal digits")
    .transform((hex) => new Uint8Array(Buffer.from(hex, "hex"))),
]);

export const baileysOptionsSchema = z.strictObject({
  url: z.url({ protocol: /^wss?$/ }).optional(),
  rootKey: bytes.optional(),
  verifySignatures: z.boolean().default(true),
  browser: z.tuple([z.string().min(1), z.string().min(1), z.string().min(1)]).optional(),
});

/** Options of the provider: they hold for every instance in the process. */
export interface BaileysOptions {
  /** WebSocket address of the server; without it the real WhatsApp. */
  readonly url?: string;
  /** Root key of the server's certificates, 32 bytes or hex: for a fake server. Process-wide. */
  readonly rootKey?: Uint8Array | string;
  /**
   * Repair Baileys' signature check, which accepts everything: server certificates and account
   * signatures are then really verified. libsignal's slow cryptography is replaced along with it, by
   * Node's with the same results. Process-wide.
   * @default true
   */
  readonly verifySignatures?: boolean;
  /** How the device shows up in the phone's list: system, browser, version. */
  readonly browser?: readonly [string, string, string];
}

export type ParsedBaileysOptions = z.output<typeof baileysOptionsSchema>;

export const baileysSettingsSchema = z.strictObject({
  /** Show the account as online; the phone then stops notifying. */
  markOnline: z.boolean().default(false),
  /** Ask the phone for the whole history at pairing. */
  syncFullHistory: z.boolean().default(false),
});

/** Settings of one instance. */
export type BaileysSettings = z.output<typeof baileysSettingsSchema>;
