import { TaskLane } from "./task-lane.ts";
import type { TaskMarks, TaskRun } from "./task-marks.ts";
import type { TaskStore } from "./task-store.ts";
import type { Outcome, Task, WorkerLimits } from "./worker.ts";

export interface TaskGroupOptions {
  readonly target: string;
  readonly limits: WorkerLimits;
  readonly store: TaskStore;
  readonly marks: TaskMarks;
  /** Runs a task under its time limit; never rejects. */
  run(task: Task): Promise<Outcome>;
  /** See `Worker.takeTurn`. */
  takeTurn(now: number): number;
  /** Nothing is left to do: the group may be forgotten. */
  onIdle(): void;
  onError(error: unknown): void;
}

/** Tasks of a target that are held in memory; the table holds the rest. */
const WINDOW = 256;
/** Tasks of one lane in memory: one chat that is flooded or stuck leaves room for the others. */
const LANE_WINDOW = 16;
/** Lanes that wait keep their first task in memory; up to so many take nobody's room. */
const WAITING_FOR_FREE = 1000;
/** So many failures in a row say that the target is down, not that one task is bad. */
const FAILURES_THAT_PAUSE = 4;
const MAX_PAUSE_MS = 15_000;
const DATABASE_RETRY_MS = 1000;

/**
 * The tasks of one target: in order inside a lane, side by side across lanes, in bounded memory. A lane
 * whose task failed waits alone. When failures say that the target itself is down, the group pauses and
 * probes with one task at a time.
 */
export class TaskGroup {
  readonly #options: TaskGroupOptions;
  readonly #lanes = new Map<string, TaskLane>();
  readonly #ready = new Set<TaskLane>();
  readonly #waiting = new Set<TaskLane>();
  #held = 0;
  #active = 0;
  /** Every pending task up to this id is in memory or in a spilled lane. */
  #loadedTo = 0;
  /** The table may hold pending tasks above `#loadedTo`. */
  #more = false;
  #loading = false;
  #failures = 0;
  #pausedUntil = 0;
  /** The worker lets no run begin before. */
  #turnAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: TaskGroupOptions) {
    this.#options = options;
  }

  /** Fresh tasks, already in the table, in the order of their ids. */
  offer(tasks: readonly Task[]): void {
    for (const task of tasks) {
      if (this.#more || this.#loading || this.#occupied >= WINDOW) this.#more = true;
      else this.#admit(task);
    }
    this.#pump();
  }

  /** Takes up what the table holds from before this process. */
  recover(): void {
    this.#more = true;
    this.#pump();
  }

  /** What holds for the target has changed: nothing waits for what it was before. */
  wake(): void {
    for (const lane of this.#waiting) lane.retryAt = 0;
    this.#failures = 0;
    this.#pausedUntil = 0;
    this.#pump();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  get #occupied(): number {
    return this.#held - Math.min(this.#waiting.size, WAITING_FOR_FREE);
  }

  get #probing(): boolean {
    return this.#failures >= FAILURES_THAT_PAUSE;
  }

  #admit(task: Task): void {
    if (task.id <= this.#loadedTo) return;
    this.#loadedTo = task.id;
    const lane = this.#laneOf(task.lane);
    // Only the head stays in memory while a lane waits.
    if (!lane.admit(task, this.#waiting.has(lane) ? 1 : LANE_WINDOW)) return;
    this.#held += 1;
    if (lane.tasks.length === 1) this.#ready.add(lane);
  }

  #laneOf(name: string): TaskLane {
    const known = this.#lanes.get(name);
    if (known) return known;
    const lane = new TaskLane(name);
    this.#lanes.set(name, lane);
    return lane;
  }

  #pump(): void {
    if (this.#closed) return;
    const now = Date.now();
    this.#releaseWaiting(now);
    const places = this.#probing ? 1 : this.#options.limits.concurrency;
    while (this.#pausedUntil <= now && this.#active < places && this.#mayBegin(now)) {
      const lane = takeFirst(this.#ready);
      const head = lane?.tasks[0];
      if (!lane || !head) break;
      this.#active += 1;
      this.#runHead(lane, head).catch(this.#options.onError);
    }
    if (this.#more && !this.#loading && this.#occupied <= WINDOW / 2) this.#load();
    this.#schedule(now);
    if (this.#lanes.size === 0 && !this.#loading) this.#options.onIdle();
  }

  #mayBegin(now: number): boolean {
    if (this.#ready.size === 0) return false;
    this.#turnAt = now + this.#options.takeTurn(now);
    return this.#turnAt <= now;
  }

  async #runHead(lane: TaskLane, head: Task): Promise<void> {
    const task = { ...head, attempt: head.attempt + 1 };
    lane.tasks[0] = task;
    const startedAt = performance.now();
    const outcome = await this.#attempt(task);
    const durationMs = Math.round(performance.now() - startedAt);
    this.#active -= 1;
    if (this.#closed) return;
    const run = { task, durationMs, answerStatus: outcome.answerStatus ?? null };
    if (outcome.state === "retry") this.#retry(lane, run, outcome);
    else this.#finish(lane, run, outcome);
    this.#pump();
  }

  async #attempt(task: Task): Promise<Outcome> {
    try {
      if (this.#options.limits.startsAreDurable) await this.#options.marks.start(task.id);
    } catch {
      return { state: "retry", error: "the start of the task could not be stored" };
    }
    // Closed while we waited: whoever takes over runs it.
    if (this.#closed) return { state: "retry", error: "the group was closed" };
    return this.#options.run(task);
  }

  #finish(lane: TaskLane, run: TaskRun, outcome: Outcome & { state: "done" | "dead" }): void {
    if (outcome.state === "dead") this.#options.marks.dead(run, outcome.error);
    else {
      this.#options.marks.done(run);
      this.#recovered();
    }
    lane.tasks.shift();
    this.#held -= 1;
    if (lane.tasks.length > 0) this.#ready.add(lane);
    else if (lane.spilled) this.#reload(lane);
    else this.#lanes.delete(lane.name);
  }

  #retry(lane: TaskLane, run: TaskRun, outcome: Outcome & { state: "retry" }): void {
    const now = Date.now();
    const waitMs = this.#nextWaitMs(run.task, now);
    if (waitMs === null) {
      this.#finish(lane, run, { state: "dead", error: outcome.error });
      return;
    }
    const { afterMs = 0 } = outcome;
    lane.retryAt = now + Math.max(afterMs, jittered(afterMs > 0 ? afterMs : waitMs));
    this.#options.marks.retry(run, lane.retryAt, outcome.error);
    this.#held -= lane.spill();
    this.#waiting.add(lane);
    this.#failures += 1;
    // Who says when to come back speaks for the whole target.
    if (afterMs > 0) this.#pause(lane.retryAt);
    if (!this.#probing) return;
    const doublings = Math.min(this.#failures - FAILURES_THAT_PAUSE, 10);
    this.#pause(now + jittered(Math.min(1000 * 2 ** doublings, MAX_PAUSE_MS)));
  }

  #pause(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }

  /** Null when the tries are used up, in number and in time: probing a dead target uses many in a short time. */
  #nextWaitMs(task: Task, now: number): number | null {
    const { backoffMs } = this.#options.limits;
    const wait = backoffMs[task.attempt - 1];
    if (wait !== undefined) return wait;
    const allowedMs = backoffMs.reduce((sum, ms) => sum + ms, 0);
    return now - task.createdAt < allowedMs ? (backoffMs.at(-1) ?? null) : null;
  }

  #reload(lane: TaskLane): void {
    const limit = LANE_WINDOW;
    const { store, target } = this.#options;
    this.#read(
      () => store.load(target, lane.loadedTo, limit, lane.name),
      (tasks) => {
        lane.reload(tasks, tasks.length < limit);
        this.#held += tasks.length;
        if (lane.tasks.length > 0) this.#ready.add(lane);
        else if (lane.empty) this.#lanes.delete(lane.name);
        else this.#reload(lane);
      },
    );
  }

  #load(): void {
    const limit = WINDOW / 2;
    const { store, target } = this.#options;
    this.#loading = true;
    // Offers that come while we read set it again.
    this.#more = false;
    this.#read(
      () => store.load(target, this.#loadedTo, limit),
      (tasks) => {
        this.#loading = false;
        if (tasks.length === limit) this.#more = true;
        for (const task of tasks) this.#admit(task);
      },
    );
  }

  #read(load: () => Promise<Task[]>, take: (tasks: Task[]) => void): void {
    // What is done must not be loaded again, so it is written down first.
    const flushed = this.#options.marks.flush();
    Promise.all([load(), flushed]).then(
      ([tasks]) => {
        take(tasks);
        this.#pump();
      },
      (error: unknown) => {
        if (this.#closed) return;
        this.#options.onError(error);
        setTimeout(() => this.#read(load, take), DATABASE_RETRY_MS).unref();
      },
    );
  }

  /** The target answers again: lanes that waited because of it need not wait any longer. */
  #recovered(): void {
    if (this.#probing) for (const lane of this.#waiting) lane.retryAt = 0;
    this.#failures = 0;
    this.#pausedUntil = 0;
  }

  #releaseWaiting(now: number): void {
    for (const lane of this.#waiting) {
      // A probe need not wait for its time: what it waits for is the target. Who has not failed goes first.
      const mayProbe = this.#probing && this.#ready.size === 0;
      if (!mayProbe && lane.retryAt > now) continue;
      this.#waiting.delete(lane);
      this.#ready.add(lane);
    }
  }

  #schedule(now: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    let wakeAt = Number.POSITIVE_INFINITY;
    for (const lane of this.#waiting) wakeAt = Math.min(wakeAt, lane.retryAt);
    const heldUntil = Math.max(this.#pausedUntil, this.#turnAt);
    if (this.#ready.size > 0 && heldUntil > now) wakeAt = heldUntil;
    if (wakeAt === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#pump(), Math.max(wakeAt - now, 1));
    this.#timer.unref();
  }
}

function takeFirst(lanes: Set<TaskLane>): TaskLane | undefined {
  for (const lane of lanes) {
    lanes.delete(lane);
    return lane;
  }
  return undefined;
}

/** Between 80 and 120 percent, so that what failed together does not come back together. */
function jittered(ms: number): number {
  return Math.round(ms * (0.8 + Math.random() * 0.4));
}
