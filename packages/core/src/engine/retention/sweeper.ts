import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "../database/database.ts";
import { Duty } from "../lease/duty.ts";
import type { Logger } from "../log/logger.ts";
import type { Pruning } from "./pruning.ts";

export interface SweeperOptions {
  readonly prunings: readonly Pruning[];
  readonly database: Database;
  readonly nodeId: string;
  readonly logger: Logger;
  /** On every node, whoever sweeps. Must not reject. */
  beforeSweep(): Promise<void>;
}

/** What was erased: rows by the name of the pruning. */
export type Swept = Readonly<Record<string, number>>;

/** After an opening: those who were away get a moment to read before anything is erased. */
const FIRST_SWEEP_AFTER_MS = 60_000;
const SWEEP_INTERVAL_MS = 10 * 60_000;
/** A sweep of a large backlog may take longer than the interval. */
const DUTY_TTL_MS = 6 * SWEEP_INTERVAL_MS;
/** Time between two pieces belongs to the traffic: several times as long as a piece took. */
const REST_FACTOR = 4;
const MIN_REST_MS = 10;
const MAX_REST_MS = 1000;

/** Erases what retention lets go of, now and then, a little at a time. */
export class Sweeper {
  readonly #options: SweeperOptions;
  /** Of nodes that share the database one sweeps. */
  readonly #duty: Duty;
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<Swept> | null = null;
  #ticking: Promise<void> = Promise.resolve();

  constructor(options: SweeperOptions) {
    const { database, nodeId } = options;
    this.#options = options;
    this.#duty = new Duty({ database, nodeId, name: "retention", ttlMs: DUTY_TTL_MS });
  }

  start(): void {
    this.#schedule(FIRST_SWEEP_AFTER_MS);
  }

  /** Erases all there is to erase now; joins a sweep that is under way. Never rejects. */
  sweep(): Promise<Swept> {
    this.#running ??= this.#sweep().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Ends after the piece that is being erased, and leaves the rest to another node; idempotent. */
  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#closing.abort();
    await this.#ticking;
    await this.#running;
    await this.#duty.release().catch((error: unknown) => {
      this.#options.logger.warn("the duty to sweep could not be released", { error });
    });
  }

  #schedule(afterMs: number): void {
    if (this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#ticking = this.#tick().finally(() => this.#schedule(SWEEP_INTERVAL_MS));
    }, afterMs);
    this.#timer.unref();
  }

  async #tick(): Promise<void> {
    const { logger, beforeSweep } = this.#options;
    try {
      await beforeSweep();
      if (await this.#duty.take()) await this.sweep();
    } catch (error) {
      logger.warn("retention could not sweep", { error });
    }
  }

  async #sweep(): Promise<Swept> {
    const { prunings, logger } = this.#options;
    const now = Date.now();
    const swept: Record<string, number> = {};
    for (const pruning of prunings) {
      try {
        swept[pruning.name] = await this.#prune(pruning, now);
      } catch (error) {
        logger.warn("retention could not erase", { what: pruning.name, error });
      }
    }
    if (Object.values(swept).some((rows) => rows > 0)) logger.info("retention erased rows", swept);
    return swept;
  }

  async #prune(pruning: Pruning, now: number): Promise<number> {
    const { signal } = this.#closing;
    let rows = 0;
    let startedAt = performance.now();
    if (signal.aborted) return rows;
    for await (const erased of pruning.pieces(now)) {
      rows += erased;
      const tookMs = performance.now() - startedAt;
      await rest(Math.min(Math.max(tookMs * REST_FACTOR, MIN_REST_MS), MAX_REST_MS), signal);
      if (signal.aborted) return rows;
      startedAt = performance.now();
    }
    return rows;
  }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  // Aborted means no more than not to wait any longer.
  await wait(ms, undefined, { signal, ref: false }).catch(() => {});
}
