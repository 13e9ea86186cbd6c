import { setTimeout as delay } from "node:timers/promises";
import { type Change, isOrquestaError, type KeyChange, type Logger } from "@orquesta/core";

/** What has to be found out before something can be committed; null: nothing of it is told. */
export type InboundJob = () => Promise<Change | null>;

export interface InboundQueueParts {
  readonly logger: Logger;
  /** Fires when the session is over. */
  readonly ended: AbortSignal;
  commit(change: Change): Promise<void>;
}

const MAX_BATCH = 64;
const RETRY_DELAYS_MS = [100, 500, 2_000];

/**
 * Commits what came, in the order in which it came: what waits while one commit is under way shares the
 * next one. WhatsApp was told "received" long ago, so a commit that fails is tried again for a while.
 */
export class InboundQueue {
  readonly #parts: InboundQueueParts;
  #waiting: InboundJob[] = [];
  #running: Promise<void> | null = null;
  #hasLost = false;
  #isOpen = false;

  constructor(parts: InboundQueueParts) {
    this.#parts = parts;
  }

  /** Something could not be stored: only the next session can make up for it. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** What comes before the queue is open waits for what was missed before it. */
  add(job: InboundJob): void {
    this.#waiting.push(job);
    this.#start();
  }

  /** @param missed what comes first; null: it could not be found out */
  open(missed: readonly InboundJob[] | null): void {
    if (missed === null) this.#hasLost = true;
    this.#waiting.unshift(...(missed ?? []));
    this.#isOpen = true;
    this.#start();
  }

  /** Resolves when all that was added is settled. Never rejects. */
  async idle(): Promise<void> {
    await this.#running;
  }

  #start(): void {
    if (!this.#isOpen) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  async #run(): Promise<void> {
    // A burst is there as a whole by then.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0 && !this.#parts.ended.aborted) {
      const jobs = this.#waiting.splice(0, MAX_BATCH);
      const changes: Change[] = [];
      for (const job of jobs) {
        const change = await job().catch((error: unknown) => this.#onFailure(error));
        if (change) changes.push(change);
      }
      if (changes.length > 0) await this.#commit(changes).catch((error) => this.#onFailure(error));
    }
  }

  #onFailure(error: unknown): null {
    this.#hasLost = true;
    // The next session reads it from the page.
    if (this.#parts.ended.aborted) return null;
    this.#parts.logger.error("what came from WhatsApp could not be stored", { error });
    return null;
  }

  async #commit(changes: readonly Change[]): Promise<void> {
    const keys = new Map<string, KeyChange>();
    for (const change of changes) {
      for (const key of change.keys ?? []) keys.set(`${key.type}|${key.id}`, key);
    }
    const events = changes.flatMap((change) => change.events ?? []);
    const change = { events, keys: [...keys.values()] };
    for (const waitMs of RETRY_DELAYS_MS) {
      try {
        return await this.#parts.commit(change);
      } catch (error) {
        if (isOrquestaError(error, "FENCE_LOST") || this.#parts.ended.aborted) throw error;
        this.#parts.logger.warn("a commit failed and is tried again", { error });
        await delay(waitMs, undefined, { signal: this.#parts.ended });
      }
    }
    await this.#parts.commit(change);
  }
}
