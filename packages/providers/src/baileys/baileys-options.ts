import { z } from "zod";
import { proxyUrlSchema } from "../shared/proxy/proxy-server.ts";

const bytes = z.union([
  z.instanceof(Uint8Array).refine((key) => key.length === 32, "must be 32 bytes"),
  z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, "must be 64 hexadecimal digits")
    .transform((hex) => new Uint8Array(Buffer.from(hex, "hex"))),
]);

const versionPart = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const MAX_QR_TIMEOUT_MS = 600_000;

export const baileysOptionsSchema = z.strictObject({
  url: z.url({ protocol: /^wss?$/ }).optional(),
  rootKey: bytes.optional(),
  verifySignatures: z.boolean().default(true),
  browser: z.tuple([z.string().min(1), z.string().min(1), z.string().min(1)]).optional(),
  version: z.tuple([versionPart, versionPart, versionPart]).optional(),
  versionUrl: z.url({ protocol: /^https?$/ }).optional(),
  qrTimeoutMs: z.int().min(1).max(MAX_QR_TIMEOUT_MS).optional(),
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
  /**
   * Version of WhatsApp Web that every session says it is, such as `[2, 3000, 1043857760]`.
   * @default the newest, asked for at `versionUrl`; where that fails, the one that Baileys was made for
   */
  readonly version?: readonly [number, number, number];
  /**
   * Page that names the newest version of WhatsApp Web, asked once in 6 hours for at most 3 s.
   * @default WhatsApp's own; none when `url` leads somewhere else
   */
  readonly versionUrl?: string;
  /** How long each QR code is shown, ms, up to 600 000. @default 60 000 for the first, 20 000 for the others, as WhatsApp Web does */
  readonly qrTimeoutMs?: number;
}

export type ParsedBaileysOptions = z.output<typeof baileysOptionsSchema>;

export const baileysSettingsSchema = z.strictObject({
  /** Show the account as online; the phone then stops notifying. */
  markOnline: z.boolean().default(false),
  /** Refuse every call, whoever calls. */
  rejectCall: z.boolean().default(false),
  /** What callers are told when their call was refused; empty: nothing. */
  msgCall: z.string().max(4_096).default(""),
  /** Keep nothing of what is written in groups. */
  groupsIgnore: z.boolean().default(false),
  /** Show the account as online as long as it is connected. */
  alwaysOnline: z.boolean().default(false),
  /** Tell senders that their messages were read, as soon as they are kept. */
  readMessages: z.boolean().default(false),
  /** The same for status updates of contacts. */
  readStatus: z.boolean().default(false),
  /** Ask the phone for the whole history at pairing. */
  syncFullHistory: z.boolean().default(false),
  /**
   * Proxy of this instance for everything that goes to WhatsApp: `http://`, `https://` or `socks5://`,
   * with credentials if it wants some. Where it fails nothing goes past it: the status has the reason
   * `proxy_failed`, and the connection is tried again. Null: none.
   */
  proxy: proxyUrlSchema.nullable().default(null),
  /** QR codes that are shown before the instance stops with the reason `qr_timeout`; WhatsApp gives 6 to a connection. */
  qrLimit: z.int().min(1).max(1000).default(6),
});

/** Settings of one instance. */
export type BaileysSettings = z.output<typeof baileysSettingsSchema>;
