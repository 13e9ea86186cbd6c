import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import { waitFor } from "../error/abort.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { JournalEvent } from "../event/instance-event.ts";
import type { Logger } from "../log/logger.ts";
import type { Journal } from "./journal.ts";
import type { Overrun } from "./overrun.ts";
import { Reader } from "./reader.ts";
import { TaskGroup } from "./task-group.ts";
import { TaskMarks } from "./task-marks.ts";
import { TaskStore } from "./task-store.ts";
import type { NewTask, Outcome, Task, Worker } from "./worker.ts";

export interface WorkerRunnerOptions {
  readonly worker: Worker;
  readonly journal: Journal;
  readonly database: Database;
  readonly logger: Logger;
  readonly from: "end" | "beginning";
  onParked(instanceId: string, number: number): void;
  onOverrun(instanceId: string, overrun: Overrun): void;
}

/** How long `close` waits for runs that do not heed their signal. */
const CLOSE_TIMEOUT_MS = 10_000;

/** Runs one worker: plans tasks from the journal and does them, by target and lane. */
export class WorkerRunner {
  readonly #options: WorkerRunnerOptions;
  readonly #store: TaskStore;
  readonly #marks: TaskMarks;
  readonly #reader: Reader<Task[]>;
  readonly #groups = new Map<string, { readonly group: TaskGroup; readonly instanceId: string }>();
  readonly #running = new Map<AbortController, Promise<Outcome>>();
  #closed = false;

  constructor(options: WorkerRunnerOptions) {
    const { worker, journal, database, logger, from, onParked, onOverrun } = options;
    this.#options = options;
    this.#store = new TaskStore(database, worker.name);
    this.#marks = new TaskMarks(database, logger);
    this.#reader = new Reader({
      reading: {
        name: worker.name,
        concerns: (events) => worker.plan(events).length > 0,
        apply: (tx, events) => this.#plan(tx, events),
        committed: (tasks) => this.#offer(tasks),
      },
      journal,
      database,
      logger,
      from,
      onParked,
      onOverrun,
    });
  }

  async register(): Promise<void> {
    await this.#reader.register();
  }

  /** Follows these instances and takes up what was left to do for them. */
  async own(instanceIds: readonly string[]): Promise<void> {
    const pending = await this.#store.pendingTargets(instanceIds);
    if (this.#closed) return;
    for (const { target, instanceId } of pending) this.#groupOf(target, instanceId).recover();
    await this.#reader.own(instanceIds);
  }

  disown(instanceId: string): void {
    this.#reader.disown(instanceId);
    for (const [target, entry] of this.#groups) {
      if (entry.instanceId !== instanceId) continue;
      entry.group.close();
      this.#groups.delete(target);
    }
  }

  /**
   * Does more than the plan asked for: the tasks that `plan` makes in the transaction that stores them,
   * in their order, behind what waits already. Only SQL may be awaited in `plan`; it may run twice.
   * @throws INSTANCE_NOT_FOUND when the instance is not run here any more, what `plan` throws: then
   *   nothing was added
   */
  async add(
    instanceId: string,
    plan: (tx: Transaction) => Promise<readonly NewTask[]>,
  ): Promise<readonly Task[]> {
    const added = await this.#options.database.write(async (tx) => {
      if (!this.#reader.follows(instanceId)) {
        throw new OrquestaError("INSTANCE_NOT_FOUND", "the instance is not run here any more");
      }
      return this.#store.insert(tx, await plan(tx));
    });
    // Nothing may be awaited before this: groups are offered tasks in the order of their ids.
    this.#offer(added);
    return added;
  }

  /** What holds for a target has changed: what waits for it goes on at once. */
  wake(target: string): void {
    this.#groups.get(target)?.group.wake();
  }

  /** Stores how far it has read where nothing was to be done. */
  async storePassed(): Promise<void> {
    await this.#reader.storePassed();
  }

  /**
   * Ends running tasks through their signal and waits for them; they run again on the next start. Never
   * rejects.
   */
  async close(): Promise<void> {
    this.#closed = true;
    const { name: worker } = this.#options.worker;
    await this.#reader.close();
    for (const { group } of this.#groups.values()) group.close();
    for (const controller of this.#running.keys()) controller.abort();
    const settled = Promise.allSettled(this.#running.values());
    await waitFor(settled, "closing a worker", { timeoutMs: CLOSE_TIMEOUT_MS }).catch(() => {
      this.#options.logger.warn("tasks did not end when they were told to", {
        worker,
        tasks: this.#running.size,
      });
    });
    await this.#marks.flush().catch((error: unknown) => {
      this.#options.logger.warn("task marks could not be stored", { worker, error });
    });
  }

  #plan(tx: Transaction, events: readonly JournalEvent[]): Promise<Task[]> {
    return this.#store.insert(tx, this.#options.worker.plan(events));
  }

  #offer(tasks: readonly Task[]): void {
    // They are in the table, for the next process.
    if (this.#closed) return;
    for (const [target, ofTarget] of Map.groupBy(tasks, (task) => task.target)) {
      const instanceId = ofTarget[0]?.event.instanceId ?? "";
      this.#groupOf(target, instanceId).offer(ofTarget);
    }
  }

  #groupOf(target: string, instanceId: string): TaskGroup {
    const known = this.#groups.get(target);
    if (known) return known.group;
    const group = new TaskGroup({
      target,
      limits: this.#options.worker.limits,
      store: this.#store,
      marks: this.#marks,
      run: (task) => this.#run(task),
      takeTurn: (now) => this.#options.worker.takeTurn?.(target, now) ?? 0,
      onIdle: () => {
        if (this.#groups.get(target)?.group === group) this.#groups.delete(target);
      },
      onError: (error) => {
        this.#options.logger.error("task group failed", { target, error });
      },
    });
    this.#groups.set(target, { group, instanceId });
    return group;
  }

  async #run(task: Task): Promise<Outcome> {
    const controller = new AbortController();
    const running = this.#runGuarded(task, controller);
    this.#running.set(controller, running);
    try {
      return await running;
    } finally {
      this.#running.delete(controller);
    }
  }

  async #runGuarded(task: Task, controller: AbortController): Promise<Outcome> {
    const { worker } = this.#options;
    const timeoutMs = worker.timeoutMsOf?.(task.target) ?? worker.limits.timeoutMs;
    try {
      return await waitFor(worker.run(task, controller.signal), "the task", { timeoutMs });
    } catch (error) {
      controller.abort(error);
      return { state: "retry", error: error instanceof Error ? error.message : String(error) };
    }
  }
}
