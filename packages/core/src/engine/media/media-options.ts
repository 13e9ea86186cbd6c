import { join } from "node:path";
import { z } from "zod";
import { OrquestaError } from "../error/orquesta-error.ts";

export interface MediaOptions {
  /**
   * Where media are kept. Nodes that share a database have to share it too.
   * @default `media` in `dataDir`; without one a temporary directory, which ends with the process
   */
  readonly directory?: string;
  /** Bytes of one medium, sent or received; the platform's own limit holds as well. @default Infinity */
  readonly maxBytes?: number;
  /** How long reading one medium may take, whatever its source, ms. @default 120_000 */
  readonly readTimeoutMs?: number;
  /**
   * Where the world reaches the HTTP server, such as `https://bots.example.com`: with it webhooks tell a
   * URL of each medium. @default none
   */
  readonly publicUrl?: string;
  /** How long such a URL opens the medium. @default 24 */
  readonly linkHours?: number;
  /** The ffmpeg program that makes voice notes. @default "ffmpeg", looked for in the PATH */
  readonly ffmpegPath?: string;
}

/** The same with its defaults. */
export interface MediaRules {
  /** Null: a temporary one. */
  readonly directory: string | null;
  readonly maxBytes: number;
  readonly readTimeoutMs: number;
  readonly publicUrl: string | null;
  readonly linkMs: number;
  readonly ffmpegPath: string;
}

const READ_TIMEOUT_MS = 120_000;
/** Beyond this a timer overflows; nobody waits that long. */
const MAX_TIMEOUT_MS = 86_400_000;

const bytes = z.custom<number>((value) => typeof value === "number" && value >= 1, {
  error: "has to be a number of bytes, or Infinity",
});

const rulesSchema = z.strictObject({
  directory: z.string().min(1).optional(),
  maxBytes: bytes.default(Number.POSITIVE_INFINITY),
  readTimeoutMs: z.int().min(1).max(MAX_TIMEOUT_MS).default(READ_TIMEOUT_MS),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
  linkHours: z.number().positive().max(87_600).default(24),
  ffmpegPath: z.string().min(1).default("ffmpeg"),
});

/** @throws CONFIGURATION_INVALID */
export function resolveMediaOptions(options: MediaOptions = {}, dataDir?: string): MediaRules {
  const result = rulesSchema.safeParse(options);
  if (result.success) {
    const { linkHours, publicUrl, ...rules } = result.data;
    const { directory = dataDir === undefined ? null : join(dataDir, "media") } = rules;
    const linkMs = linkHours * 3_600_000;
    return { ...rules, directory, linkMs, publicUrl: publicUrl?.replace(/\/+$/, "") ?? null };
  }
  const [issue] = result.error.issues;
  throw new OrquestaError(
    "CONFIGURATION_INVALID",
    `media.${issue?.path.join(".")} ${issue?.message}`,
  );
}
