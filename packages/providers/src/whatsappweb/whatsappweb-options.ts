import { z } from "zod";
import { parseProxyUrl, proxyUrlSchema } from "../shared/proxy/proxy-server.ts";

const milliseconds = (min: number, max: number) => z.int().min(min).max(max);

export const whatsappWebOptionsSchema = z.strictObject({
  dataDir: z.string().min(1),
  chromiumPath: z.string().min(1).optional(),
  startConcurrency: z.int().min(1).max(64).default(2),
  args: z.array(z.string().regex(/^--/, "must begin with --")).default([]),
  standIn: z.object({ args: z.array(z.string()), acceptInsecureCerts: z.literal(true) }).optional(),
  startTimeoutMs: milliseconds(1_000, 600_000).default(60_000),
  readyTimeoutMs: milliseconds(1_000, 600_000).default(60_000),
  pingIntervalMs: milliseconds(100, 60_000).default(15_000),
  pingTimeoutMs: milliseconds(100, 60_000).default(20_000),
  closeTimeoutMs: milliseconds(100, 8_000).default(3_000),
  qrTimeoutMs: milliseconds(1, 600_000).default(20_000),
});

/** Options of the provider: they hold for every instance in the process. */
export interface WhatsappWebOptions {
  /**
   * Folder with the browser profiles, one for each instance: whoever can read it has the accounts. It is
   * made with mode 0700, and kept: with it an account resumes without pairing again.
   */
  readonly dataDir: string;
  /** @default chromium-headless-shell where it is installed, else chromium, in the usual places */
  readonly chromiumPath?: string;
  /** How many browsers may start at the same time: each takes a processor for about a second. @default 2 */
  readonly startConcurrency?: number;
  /** More arguments for Chromium, such as `--lang=pt-BR`. */
  readonly args?: readonly string[];
  /** How Chromium is led to another WhatsApp Web, for tests: `launch` of a `FakeWhatsAppWeb`. */
  readonly standIn?: { readonly args: readonly string[]; readonly acceptInsecureCerts: true };
  /** How long a browser may take until WhatsApp Web runs in it, ms, up to 600 000. @default 60 000 */
  readonly startTimeoutMs?: number;
  /** How long WhatsApp Web may then show neither something to pair with nor progress, ms, up to 600 000. @default 60 000 */
  readonly readyTimeoutMs?: number;
  /** How often the page of a session is asked whether it lives, ms, up to 60 000. @default 15 000 */
  readonly pingIntervalMs?: number;
  /** How long the page may take for its answer, ms, up to 60 000. @default 20 000 */
  readonly pingTimeoutMs?: number;
  /** How long a browser may take to end by itself before it is killed, ms, up to 8 000. @default 3 000 */
  readonly closeTimeoutMs?: number;
  /** How long each QR code is said to be valid, ms, up to 600 000. @default 20 000, as WhatsApp Web does */
  readonly qrTimeoutMs?: number;
}

export type ParsedWhatsappWebOptions = z.output<typeof whatsappWebOptionsSchema>;

/** Chromium has no way to tell a SOCKS proxy who it is (crbug.com/40323993). */
const browserProxySchema = proxyUrlSchema.refine((url) => {
  const { protocol, credentials } = parseProxyUrl(url);
  return protocol !== "socks5" || credentials === null;
}, "Chromium cannot log in to a SOCKS5 proxy: use an http:// or https:// one, or one without credentials");

export const whatsappWebSettingsSchema = z.strictObject({
  /** QR codes that are shown before the instance stops with the reason `qr_timeout`. */
  qrLimit: z.int().min(1).max(1000).default(6),
  /** How the device shows up in the phone's list. @default as WhatsApp Web does: the browser's name */
  deviceName: z.string().min(1).max(50).optional(),
  /**
   * Proxy through which everything of the instance goes: `http://user:password@host:port`, `https://…`, or
   * `socks5://host:port` without credentials. Nothing goes past one that fails; the browser starts anew
   * when it changes. Null: none.
   */
  proxy: browserProxySchema.nullable().default(null),
});

/** Settings of one instance. */
export type WhatsappWebSettings = z.output<typeof whatsappWebSettingsSchema>;
