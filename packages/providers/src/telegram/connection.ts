import { OrquestaError } from "@orquesta/core";
import type { Dispatcher } from "undici";
import { ProxyAgent } from "../shared/proxy/proxy-agent.ts";
import { makeProxyDispatcher } from "../shared/proxy/proxy-dispatcher.ts";
import { parseProxyUrl } from "../shared/proxy/proxy-server.ts";
import { BotApi, DEFAULT_API_ROOT } from "./api/bot-api.ts";
import { failureOf, isTokenRefused } from "./api/bot-api-error.ts";
import { loadTelegraf } from "./api/telegraf-library.ts";
import type { ParsedTelegramOptions, TelegramSettings } from "./telegram-options.ts";

/** A bot's way to the Bot API, and all that is open for it. */
export class Connection {
  readonly api: BotApi;
  readonly #proxy: string | null;
  readonly #agent: ProxyAgent | null;
  #dispatcher: Dispatcher | null = null;

  private constructor(api: BotApi, proxy: string | null, agent: ProxyAgent | null) {
    this.api = api;
    this.#proxy = proxy;
    this.#agent = agent;
  }

  /** @throws PROVIDER_LIBRARY_MISSING */
  static async of(settings: TelegramSettings, options: ParsedTelegramOptions): Promise<Connection> {
    const library = await loadTelegraf();
    const { token, proxy } = settings;
    const agent = proxy === null ? null : new ProxyAgent(parseProxyUrl(proxy));
    const apiRoot = settings.apiRoot ?? options.apiRoot ?? DEFAULT_API_ROOT;
    const { timeoutMs } = options;
    const api = new BotApi({ library, token, apiRoot, timeoutMs, ...(agent && { agent }) });
    return new Connection(api, proxy, agent);
  }

  /** For what telegraf does not fetch; undefined where there is no proxy. */
  get dispatcher(): Dispatcher | undefined {
    if (this.#proxy === null) return undefined;
    this.#dispatcher ??= makeProxyDispatcher(parseProxyUrl(this.#proxy));
    return this.#dispatcher;
  }

  /** Ends every call and closes every line of its own; idempotent. */
  close(): void {
    this.api.close();
    this.#agent?.destroy();
    void this.#dispatcher?.destroy();
    this.#dispatcher = null;
  }
}

/**
 * Asks Telegram whether it knows the token.
 * @throws VALIDATION_FAILED, PLATFORM_UNREACHABLE, PROXY_FAILED
 */
export async function verifyToken(
  settings: TelegramSettings,
  options: ParsedTelegramOptions,
  signal: AbortSignal,
): Promise<void> {
  const connection = await Connection.of(settings, options);
  try {
    await connection.api.call("getMe", {}, { signal });
  } catch (cause) {
    if (isTokenRefused(cause)) {
      const message = "Telegram does not know this token";
      const details = [{ field: "token", message }];
      throw new OrquestaError("VALIDATION_FAILED", message, { cause, details });
    }
    const failure = failureOf(cause);
    const description = failure?.description ?? "unknown error";
    if (failure?.proxyFailed) throw new OrquestaError("PROXY_FAILED", description, { cause });
    const message = `Telegram could not be asked about the token: ${description}`;
    throw new OrquestaError("PLATFORM_UNREACHABLE", message, { cause });
  } finally {
    connection.close();
  }
}
