import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { OrquestaError, type Push, type SessionContext } from "@orquesta/core";
import type { BotApi } from "./api/bot-api.ts";
import { BotApiError, failureOf } from "./api/bot-api-error.ts";
import { ALLOWED_UPDATES, type BotUpdate } from "./api/bot-api-types.ts";
import { readValue, toKey } from "./session-values.ts";

/** @see https://core.telegram.org/bots/api#setwebhook */
const SECRET_HEADER = "x-telegram-bot-api-secret-token";
const MAX_FAILURES = 3;

export interface WebhookParts {
  readonly context: SessionContext<unknown>;
  readonly api: BotApi;
  readonly botId: string;
  /** Where Telegram posts to. */
  readonly url: string;
  readonly checkSeconds: number;
  readonly onConnected: () => void;
  readonly onAnswer: () => void;
}

interface WebhookInfo {
  readonly url?: string;
  readonly last_error_date?: number;
  readonly last_error_message?: string;
}

/** Has Telegram post the updates, and looks after it. */
export class Webhook {
  readonly #parts: WebhookParts;
  #secret: string | null = null;
  #lastErrorAt = 0;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
  }

  /** Never resolves; @throws what ends the session */
  async run(): Promise<never> {
    const { api, checkSeconds, onConnected, onAnswer } = this.#parts;
    await this.#set();
    onConnected();
    for (let failures = 0; ; ) {
      await sleep(checkSeconds * 1000, undefined, { signal: api.closed });
      try {
        this.#look(await api.call<WebhookInfo>("getWebhookInfo"));
        onAnswer();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failureOf(error)?.outcome !== "unknown" || failures >= MAX_FAILURES) throw error;
      }
    }
  }

  /**
   * The update that was posted, when Telegram posted it.
   * @throws PUSH_REFUSED, VALIDATION_FAILED
   */
  open({ headers, body }: Push): BotUpdate {
    if (this.#secret === null || !isSame(headers[SECRET_HEADER] ?? "", this.#secret)) {
      throw new OrquestaError("PUSH_REFUSED", "the secret of Telegram's webhook is not right");
    }
    return parseUpdate(body);
  }

  async #set(): Promise<void> {
    const { context, api, botId, url } = this.#parts;
    const kept = await readValue(context.keys, "telegram-webhook", botId);
    const secret = kept?.secret ?? randomBytes(32).toString("base64url");
    if (!kept) await context.commit({ keys: [toKey("telegram-webhook", botId, { secret })] });
    this.#secret = secret;
    await api.call("setWebhook", { url, secret_token: secret, allowed_updates: ALLOWED_UPDATES });
  }

  #look({ url, last_error_date = 0, last_error_message }: WebhookInfo): void {
    if (url !== this.#parts.url) throw takenOver();
    if (last_error_date <= this.#lastErrorAt) return;
    this.#lastErrorAt = last_error_date;
    this.#parts.context.logger.warn("Telegram could not post updates", {
      reason: last_error_message,
    });
  }
}

/** As two pollers disturb each other, so does whoever sets another webhook. */
function takenOver(): BotApiError {
  return new BotApiError({
    method: "getWebhookInfo",
    outcome: "refused",
    status: 409,
    description: "another program has set another webhook, or asks for the updates itself",
  });
}

function parseUpdate(body: Uint8Array): BotUpdate {
  try {
    const update: unknown = JSON.parse(Buffer.from(body).toString());
    if (typeof update === "object" && update !== null && "update_id" in update) {
      // Bridge: the reader looks at what it uses.
      return update as BotUpdate;
    }
  } catch {
    // Refused below.
  }
  throw new OrquestaError("VALIDATION_FAILED", "what was posted is no update of Telegram");
}

/** Takes as long whether they differ at the beginning, at the end or in length. */
function isSame(given: string, secret: string): boolean {
  return timingSafeEqual(hash(given), hash(secret));
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
