import { z } from "zod";
import { proxyUrlSchema } from "../shared/proxy/proxy-server.ts";

const MAX_POLL_SECONDS = 50;

const apiRoot = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL" })
  .max(2048)
  // A path that does not end with a slash loses its last part.
  .transform((url) => (url.endsWith("/") ? url : `${url}/`));

export const telegramOptionsSchema = z.strictObject({
  apiRoot: apiRoot.optional(),
  pollSeconds: z.int().min(1).max(MAX_POLL_SECONDS).default(30),
  timeoutMs: z.int().min(100).max(45_000).default(30_000),
  webhookUrl: z
    .custom<(instanceId: string) => string>((value) => typeof value === "function")
    .optional(),
});

/** Options of the provider: they hold for every instance in the process. */
export interface TelegramOptions {
  /** Bot API server, such as a local one. An instance's own setting goes first. @default Telegram's */
  readonly apiRoot?: string;
  /** How long a question for updates stays open when there are none, seconds, 1 to 50. @default 30 */
  readonly pollSeconds?: number;
  /** How long any other answer may take, ms, 100 to 45 000. @default 30 000 */
  readonly timeoutMs?: number;
  /**
   * Where Telegram posts the updates of an instance with `updates: "webhook"`, as an https URL that ends
   * up in `manager.push`. @default there is none, and such an instance fails
   */
  readonly webhookUrl?: (instanceId: string) => string;
}

export type ParsedTelegramOptions = z.output<typeof telegramOptionsSchema>;

const command = z.strictObject({
  command: z.string().regex(/^[a-z0-9_]{1,32}$/, "must be 1 to 32 of a-z, 0-9 and _"),
  description: z.string().min(1).max(256),
});

export const telegramSettingsSchema = z.strictObject({
  /** As @BotFather gives it. */
  token: z
    .string()
    .regex(
      /^\d{1,20}:[\w-]{3,128}$/,
      "must be a bot token such as 123456789:AAE…, as BotFather gives it",
    ),
  /** Bot API server of this bot. Null: the provider's. */
  apiRoot: apiRoot.nullable().default(null),
  /**
   * Proxy of this instance for everything that goes to Telegram: `http://`, `https://` or `socks5://`,
   * with credentials if it wants some. Where it fails nothing goes past it: the status has the reason
   * `proxy_failed`, and the connection is tried again. Null: none.
   */
  proxy: proxyUrlSchema.nullable().default(null),
  /** `webhook`: Telegram posts updates to the server; see the option `webhookUrl`. */
  updates: z.enum(["polling", "webhook"]).default("polling"),
  /** What Telegram offers people to type. Null: what the bot has already. */
  commands: z.array(command).max(100).nullable().default(null),
});

/** Settings of one instance. The token is a secret; settings are sealed at rest. */
export type TelegramSettings = z.output<typeof telegramSettingsSchema>;
