import type { Update } from "../wire/types.ts";
import type { UpdateQueue } from "./update-queue.ts";

export interface WebhookSettings {
  readonly url: string;
  /** Goes along as X-Telegram-Bot-Api-Secret-Token; "" for none. */
  readonly secret: string;
  readonly maxConnections: number;
}

export interface WebhookOptions {
  /** What one second of waiting takes here, ms; a test need not wait as long as Telegram does. */
  readonly secondMs: number;
  /** Runs what the bot asked for in its answer to an update. */
  readonly onReply: (body: Readonly<Record<string, unknown>>) => void;
}

export interface WebhookFailure {
  /** Unix time in seconds. */
  readonly date: number;
  readonly message: string;
}

const ANSWER_TIMEOUT_MS = 60_000;
const MAX_DELAY_SECONDS = 60;
const MAX_RETRY_AFTER_SECONDS = 3_600;

interface Lane {
  readonly updates: Update[];
  failures: number;
  delaySeconds: number;
}

/**
 * Posts the updates of one bot: those of one chat one after another, other chats beside them. What is
 * not answered with 2xx is posted again: at once, then after 2, 4, … 60 seconds, or when Retry-After says
 * (WebhookActor.cpp of github.com/tdlib/telegram-bot-api).
 */
export class Webhook {
  readonly settings: WebhookSettings;
  readonly #updates: UpdateQueue;
  readonly #options: WebhookOptions;
  readonly #closed = new AbortController();
  readonly #lanes = new Map<string, Lane>();
  readonly #ready: Lane[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #open = 0;
  #lastFailure: WebhookFailure | null = null;

  constructor(updates: UpdateQueue, settings: WebhookSettings, options: WebhookOptions) {
    this.settings = settings;
    this.#updates = updates;
    this.#options = options;
    updates.onArrival((update) => {
      this.#enqueue(update);
      this.#pump();
    });
    for (const update of updates.pending) this.#enqueue(update);
    this.#pump();
  }

  get lastFailure(): WebhookFailure | null {
    return this.#lastFailure;
  }

  /** What was not delivered stays with the bot. */
  close(): void {
    this.#updates.onArrival(null);
    this.#closed.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #enqueue(update: Update): void {
    const key = laneOf(update);
    const lane = this.#lanes.get(key);
    if (lane) {
      lane.updates.push(update);
      return;
    }
    const fresh: Lane = { updates: [update], failures: 0, delaySeconds: 1 };
    this.#lanes.set(key, fresh);
    this.#ready.push(fresh);
  }

  #pump(): void {
    while (this.#open < this.settings.maxConnections && !this.#closed.signal.aborted) {
      const lane = this.#ready.shift();
      const update = lane?.updates[0];
      if (!lane || !update) return;
      this.#open += 1;
      void this.#post(update)
        .then((retryAfter) => this.#settle(lane, update, retryAfter))
        .finally(() => {
          this.#open -= 1;
          this.#pump();
        });
    }
  }

  /** @returns null when it was taken, else what Retry-After said, in seconds */
  async #post(update: Update): Promise<number | null> {
    const { url, secret } = this.settings;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(secret === "" ? {} : { "x-telegram-bot-api-secret-token": secret }),
        },
        body: JSON.stringify(update),
        redirect: "manual",
        signal: AbortSignal.any([this.#closed.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
      });
      const text = await response.text();
      if (response.ok) {
        this.#reply(text);
        return null;
      }
      this.#fail(`Wrong response from the webhook: ${response.status} ${response.statusText}`);
      const after = Number(response.headers.get("retry-after") ?? 0);
      return Math.min(Math.max(after || 0, 0), MAX_RETRY_AFTER_SECONDS);
    } catch {
      this.#fail("Webhook connection closed");
      return 0;
    }
  }

  #settle(lane: Lane, update: Update, retryAfter: number | null): void {
    if (this.#closed.signal.aborted) return;
    if (retryAfter === null) {
      this.#updates.confirm(update.update_id);
      lane.updates.shift();
      lane.failures = 0;
      lane.delaySeconds = 1;
      if (lane.updates.length > 0) this.#ready.push(lane);
      else this.#lanes.delete(laneOf(update));
      return;
    }
    let waitSeconds = retryAfter;
    if (retryAfter === 0 && lane.failures > 0) {
      lane.delaySeconds = Math.min(MAX_DELAY_SECONDS, lane.delaySeconds * 2);
      waitSeconds = lane.delaySeconds;
    }
    lane.failures += 1;
    this.#later(lane, waitSeconds * this.#options.secondMs);
  }

  #later(lane: Lane, ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#ready.push(lane);
      this.#pump();
    }, ms);
    this.#timers.add(timer);
  }

  #reply(text: string): void {
    try {
      const body: unknown = JSON.parse(text);
      if (typeof body === "object" && body !== null) this.#options.onReply({ ...body });
    } catch {
      // Most answers say nothing.
    }
  }

  #fail(message: string): void {
    if (this.#closed.signal.aborted) return;
    this.#lastFailure = { date: Math.floor(Date.now() / 1_000), message };
  }
}

/** The real one puts the updates of one chat into one queue; what has no chat, into one of its own. */
function laneOf(update: Update): string {
  for (const [name, payload] of Object.entries(update)) {
    if (name === "update_id" || typeof payload !== "object" || payload === null) continue;
    if (name === "callback_query" || name === "poll" || name === "poll_answer") continue;
    if ("chat" in payload && typeof payload.chat === "object" && payload.chat !== null) {
      if ("id" in payload.chat) return `chat ${String(payload.chat.id)}`;
    }
  }
  return `update ${update.update_id}`;
}
