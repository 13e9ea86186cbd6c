import { setTimeout as sleep } from "node:timers/promises";
import type { Logger, SessionKeys } from "@orquesta/core";
import type { BotApi, CallOptions } from "./api/bot-api.ts";
import { failureOf } from "./api/bot-api-error.ts";
import { ALLOWED_UPDATES, type BotUpdate } from "./api/bot-api-types.ts";
import { readValue, toKey } from "./session-values.ts";
import type { UpdateIntake } from "./update-intake.ts";

const BATCH = 100;
/** After so many failures in a row the session is given up, and the instance says so. */
const MAX_FAILURES = 3;
const FIRST_RETRY_MS = 500;
/** A few seconds of two pollers are a takeover; more are two programs. */
const CONFLICT_RETRY_MS = 1_500;
const CONFLICTS_WITHIN_MS = 60_000;
const WEBHOOK_IS_SET = /webhook is active/i;
/** A server that does not keep an empty question open would be asked thousands of times a second. */
const TOO_QUICK_MS = 500;

export interface PollingParts {
  readonly api: BotApi;
  readonly botId: string;
  readonly keys: SessionKeys;
  readonly intake: UpdateIntake;
  readonly logger: Logger;
  readonly pollSeconds: number;
  readonly timeoutMs: number;
  /** Telegram gives updates to us. */
  readonly onConnected: () => void;
  readonly onAnswer: () => void;
}

/**
 * Asks for updates, again and again. A batch and the place behind it are durable together before the
 * next question tells Telegram to forget it: after a crash the batch comes again, and is known.
 */
export class Polling {
  readonly #parts: PollingParts;
  #offset: number | null = null;
  #isConnected = false;
  #failures = 0;
  /** Answers may come between two that say that somebody else asks too. */
  #conflicts = 0;
  #conflictAt = 0;

  constructor(parts: PollingParts) {
    this.#parts = parts;
  }

  /** Never resolves; @throws what ends the session: BotApiError, or what a commit throws */
  async run(): Promise<never> {
    const { keys, botId } = this.#parts;
    this.#offset = (await readValue(keys, "telegram-offset", botId))?.offset ?? null;
    for (;;) {
      const updates = await this.#poll();
      if (updates !== null) await this.#take(updates);
    }
  }

  async #take(updates: readonly BotUpdate[]): Promise<void> {
    const { intake, botId } = this.#parts;
    if (updates.length === 0) return;
    const next = Math.max(...updates.map(({ update_id }) => update_id)) + 1;
    await intake.take(updates, [toKey("telegram-offset", botId, { offset: next })]);
    this.#offset = next;
  }

  /** Null: it failed, and may be tried again. */
  async #poll(): Promise<readonly BotUpdate[] | null> {
    const { onAnswer, onConnected } = this.#parts;
    const askedAt = Date.now();
    try {
      const updates = await this.#ask();
      onAnswer();
      this.#failures = 0;
      const wasConnected = this.#isConnected;
      this.#isConnected = true;
      if (!wasConnected) onConnected();
      else if (updates.length === 0) await this.#slowDown(askedAt);
      return updates;
    } catch (error) {
      await this.#recover(error);
      return null;
    }
  }

  /** The first question does not stay open: its answer says that we are connected. */
  async #ask(): Promise<readonly BotUpdate[]> {
    const { api, pollSeconds, timeoutMs } = this.#parts;
    const timeout = this.#isConnected ? pollSeconds : 0;
    const options: CallOptions = { timeoutMs: timeout * 1000 + timeoutMs };
    const updates = await api.call<unknown>(
      "getUpdates",
      {
        ...(this.#offset !== null && { offset: this.#offset }),
        limit: BATCH,
        timeout,
        allowed_updates: ALLOWED_UPDATES,
      },
      options,
    );
    return Array.isArray(updates) ? updates.filter(isUpdate) : [];
  }

  /** Waits until it makes sense to ask again. @throws the error when it does not */
  async #recover(error: unknown): Promise<void> {
    const failure = failureOf(error);
    const { api, logger } = this.#parts;
    if (failure === null || failure.aborted || api.closed.aborted) throw error;
    const isConflict = failure.status === 409;
    if (failure.outcome === "refused" && !isConflict) throw error;
    if (isConflict) this.#countConflict();
    if (this.#conflicts >= MAX_FAILURES) throw error;
    if (isConflict && !this.#isConnected && WEBHOOK_IS_SET.test(failure.description)) {
      logger.warn("the bot has a webhook, which is taken away: its updates are asked for now");
      await api.call("deleteWebhook");
      return;
    }
    this.#failures += 1;
    if (this.#failures >= MAX_FAILURES) throw error;
    logger.warn("Telegram gives no updates", { error });
    const delayMs = isConflict ? CONFLICT_RETRY_MS : FIRST_RETRY_MS * 2 ** this.#failures;
    await sleep(delayMs, undefined, { signal: api.closed });
  }

  async #slowDown(askedAt: number): Promise<void> {
    const waitMs = TOO_QUICK_MS - (Date.now() - askedAt);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: this.#parts.api.closed });
  }

  #countConflict(): void {
    const now = Date.now();
    this.#conflicts = now - this.#conflictAt < CONFLICTS_WITHIN_MS ? this.#conflicts + 1 : 1;
    this.#conflictAt = now;
  }
}

function isUpdate(value: unknown): value is BotUpdate {
  return (
    typeof value === "object" &&
    value !== null &&
    "update_id" in value &&
    Number.isSafeInteger(value.update_id)
  );
}
