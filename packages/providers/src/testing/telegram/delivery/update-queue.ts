import { ApiError } from "../wire/api-error.ts";
import type { Update, UpdateType } from "../wire/types.ts";

/** What a bot gets only when it asks for it by name: https://core.telegram.org/bots/api#getupdates */
const ONLY_ON_REQUEST: readonly string[] = [
  "chat_member",
  "message_reaction",
  "message_reaction_count",
];
const MAX_BATCH = 100;
const LONGEST_POLL_SECONDS = 50;
const CONFLICT =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

export interface PollRequest {
  readonly offset: number;
  readonly limit: number;
  readonly timeoutSeconds: number;
}

interface WaitingPoll {
  readonly answer: (updates: readonly Update[]) => void;
  readonly refuse: (error: ApiError) => void;
}

/** The updates of one bot, until it confirms them. */
export class UpdateQueue {
  #pending: Update[] = [];
  #nextId: number;
  #allowed: ReadonlySet<string> | null = null;
  #waiting: WaitingPoll | null = null;
  #onArrival: ((update: Update) => void) | null = null;

  constructor(firstId: number) {
    this.#nextId = firstId;
  }

  get pending(): readonly Update[] {
    return this.#pending;
  }

  get isPolled(): boolean {
    return this.#waiting !== null;
  }

  /** As setWebhook and getUpdates take it; an empty list is the default again. */
  allow(types: readonly string[]): void {
    this.#allowed = types.length === 0 ? null : new Set(types);
  }

  get allowed(): readonly string[] | undefined {
    return this.#allowed ? [...this.#allowed] : undefined;
  }

  /** A webhook takes the updates from now on; null when it does not any more. */
  onArrival(listener: ((update: Update) => void) | null): void {
    this.#onArrival = listener;
  }

  /** The filter looks at updates when they arise, as the real one does, not when they are fetched. */
  push(type: UpdateType, payload: object): void {
    const isWanted = this.#allowed ? this.#allowed.has(type) : !ONLY_ON_REQUEST.includes(type);
    if (!isWanted) return;
    const update: Update = { update_id: this.#nextId, [type]: payload };
    this.#nextId += 1;
    this.#pending.push(update);
    this.#tell(update);
  }

  /** Puts an update there again under its old id: what a bot that confirms late has to bear. */
  repeat(update: Update): void {
    this.#pending.unshift(update);
    this.#tell(update);
  }

  #tell(update: Update): void {
    this.#onArrival?.(update);
    const waiting = this.#waiting;
    if (waiting) waiting.answer(this.#pending.slice(0, MAX_BATCH));
  }

  /** Forgets everything that waits. */
  drop(): void {
    this.#pending = [];
  }

  confirm(updateId: number): void {
    const index = this.#pending.findIndex(({ update_id }) => update_id === updateId);
    if (index >= 0) this.#pending.splice(index, 1);
  }

  /** @throws ApiError 409 when a second poll begins while this one waits */
  poll(request: PollRequest, gone: AbortSignal): Promise<readonly Update[]> {
    this.#waiting?.refuse(new ApiError(409, CONFLICT));
    this.#forgetBefore(request.offset);
    const limit = request.limit >= 1 && request.limit <= MAX_BATCH ? request.limit : MAX_BATCH;
    const seconds = Math.min(Math.max(request.timeoutSeconds, 0), LONGEST_POLL_SECONDS);
    if (this.#pending.length > 0 || seconds === 0) {
      return Promise.resolve(this.#pending.slice(0, limit));
    }
    return this.#wait(limit, seconds * 1_000, gone);
  }

  #wait(limit: number, timeoutMs: number, gone: AbortSignal): Promise<readonly Update[]> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        gone.removeEventListener("abort", onGone);
        if (this.#waiting === poll) this.#waiting = null;
      };
      const poll: WaitingPoll = {
        answer: (updates) => {
          end();
          resolve(updates.slice(0, limit));
        },
        refuse: (error) => {
          end();
          reject(error);
        },
      };
      const onGone = (): void => poll.answer([]);
      const timer = setTimeout(() => poll.answer([]), timeoutMs);
      this.#waiting = poll;
      gone.addEventListener("abort", onGone, { once: true });
      if (gone.aborted) onGone();
    });
  }

  #forgetBefore(offset: number): void {
    if (offset < 0) {
      this.#pending = this.#pending.slice(offset);
      return;
    }
    const kept = this.#pending.findIndex(({ update_id }) => update_id >= offset);
    this.#pending.splice(0, kept < 0 ? this.#pending.length : kept);
  }
}
