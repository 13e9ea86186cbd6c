import type { z } from "zod";
import type { Database } from "../database/database.ts";
import { isOrquestaError } from "../error/orquesta-error.ts";
import type { LogContext, Logger, LogLevel } from "../log/logger.ts";
import type { LogPage, logQuerySchema } from "./log-query.ts";
import { readLog } from "./log-reader.ts";

interface PendingLine {
  readonly instance_id: string;
  readonly at: number;
  readonly level: LogLevel;
  readonly source: string;
  readonly message: string;
}

const FLUSH_AFTER_MS = 500;
const MAX_PENDING = 2000;
const PRUNE_EVERY = 200;

/** What stands in a line besides its message: short facts, by name. Everything else stays out of the database. */
const SHOWN = ["status", "reason", "code", "attempt", "delayMs", "version", "outboxId", "error"];

/** The last log lines of every instance, durable. A line that cannot be stored is dropped, never waited for. */
export class InstanceLog {
  readonly #database: Database;
  readonly #logger: Logger;
  readonly #keptLines: number;
  /** Lines of each instance since it was pruned. */
  readonly #written = new Map<string, number>();
  /** Instances that this node does not run any more: what still logs in their name is not stored. */
  readonly #forgotten = new Set<string>();
  #pending: PendingLine[] = [];
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();

  /** `keptLines`: of each instance; older ones are pruned now and then. */
  constructor(database: Database, logger: Logger, keptLines: number) {
    this.#keptLines = keptLines;
    this.#database = database;
    this.#logger = logger;
  }

  /** A logger whose lines of level info and above are kept for the instance, and all go to the engine's logger. */
  loggerOf(instanceId: string, source: string): Logger {
    this.#forgotten.delete(instanceId);
    return this.#wrap(this.#logger.child({ instanceId, source }), instanceId, source);
  }

  /** What was logged up to now is in it. */
  async read(instanceId: string, query: z.output<typeof logQuerySchema>): Promise<LogPage> {
    await this.flush();
    return readLog(this.#database, instanceId, query);
  }

  /** Resolves when what was logged up to now is stored; never rejects. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#flushing = this.#flushing.then(() => this.#store());
    return this.#flushing;
  }

  forget(instanceId: string): void {
    this.#written.delete(instanceId);
    this.#forgotten.add(instanceId);
    this.#pending = this.#pending.filter((line) => line.instance_id !== instanceId);
  }

  #wrap(logger: Logger, instanceId: string, source: string): Logger {
    const write = (level: LogLevel) => (message: string, context?: LogContext) => {
      logger[level](message, context);
      if (level !== "debug") this.#add(instanceId, level, source, message, context);
    };
    return {
      debug: write("debug"),
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
      child: (bindings) => {
        const named = typeof bindings["source"] === "string" ? bindings["source"] : source;
        return this.#wrap(logger.child(bindings), instanceId, named);
      },
    };
  }

  #add(
    instanceId: string,
    level: LogLevel,
    source: string,
    message: string,
    context: LogContext = {},
  ): void {
    if (this.#pending.length >= MAX_PENDING || this.#forgotten.has(instanceId)) return;
    this.#pending.push({
      instance_id: instanceId,
      at: Date.now(),
      level,
      source,
      message: withFacts(message, context),
    });
    if (this.#timer) return;
    this.#timer = setTimeout(() => void this.flush(), FLUSH_AFTER_MS);
    this.#timer.unref();
  }

  async #store(): Promise<void> {
    const lines = this.#pending;
    if (lines.length === 0) return;
    this.#pending = [];
    try {
      await this.#database.write((tx) => tx.insertInto("instance_log").values(lines).execute());
      await this.#prune(lines);
    } catch (error) {
      this.#logger.warn("log lines could not be stored", { lines: lines.length, error });
    }
  }

  async #prune(lines: readonly PendingLine[]): Promise<void> {
    for (const { instance_id } of lines) {
      // The first line prunes too: a process that restarts often would never get to the next time.
      const written = (this.#written.get(instance_id) ?? PRUNE_EVERY - 1) + 1;
      this.#written.set(instance_id, written % PRUNE_EVERY);
      if (written < PRUNE_EVERY) continue;
      const oldest = await this.#database.queries
        .selectFrom("instance_log")
        .select("seq")
        .where("instance_id", "=", instance_id)
        .orderBy("seq", "desc")
        .offset(this.#keptLines)
        .limit(1)
        .executeTakeFirst();
      if (!oldest) continue;
      await this.#database.write((tx) =>
        tx
          .deleteFrom("instance_log")
          .where("instance_id", "=", instance_id)
          .where("seq", "<=", oldest.seq)
          .execute(),
      );
    }
  }
}

function withFacts(message: string, context: LogContext): string {
  const facts = SHOWN.flatMap((name) => {
    const value = context[name];
    return value === undefined || value === null ? [] : [`${name}=${factOf(value)}`];
  });
  return [message, ...facts].join(" ");
}

function factOf(value: unknown): string {
  if (isOrquestaError(value)) return `${value.code} (${value.message})`;
  // Messages of foreign errors may quote what they choked on.
  if (value instanceof Error) return value.name;
  return String(value).slice(0, 200);
}
