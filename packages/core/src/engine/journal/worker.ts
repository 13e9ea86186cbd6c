import type { JournalEvent } from "../event/instance-event.ts";

/** One piece of outside work that an event asks for. */
export interface NewTask {
  readonly event: JournalEvent;
  /** What it is done to. Targets fail, wait and recover alone; one belongs to one instance. */
  readonly target: string;
  /** Tasks of one lane of one target run one after the other; lanes run side by side. */
  readonly lane: string;
}

export interface Task extends NewTask {
  readonly id: number;
  /** Unix ms; later than its event when that is told once more. */
  readonly createdAt: number;
  /** 1 on the first run. A higher one may repeat what an earlier run did: see `startsAreDurable`. */
  readonly attempt: number;
}

/** `answerStatus`: what the target answered, such as an HTTP status; kept with the task. */
export type Outcome = { readonly answerStatus?: number } & (
  | { readonly state: "done" }
  /** Worth another try; after the last one the task is dead. `afterMs`: the target wants to be left alone so long. */
  | { readonly state: "retry"; readonly error: string; readonly afterMs?: number }
  /** Not worth another try. */
  | { readonly state: "dead"; readonly error: string }
);

/** A reader of the journal that does work outside. */
export interface Worker {
  readonly name: string;
  /** Pure: from events to tasks. May run again for the same events. */
  plan(events: readonly JournalEvent[]): readonly NewTask[];
  /** Does one task; throwing counts as `retry`. Must end soon after the signal fires. */
  run(task: Task, signal: AbortSignal): Promise<Outcome>;
  readonly limits: WorkerLimits;
  /** How long a run for this target may take, ms. @default limits.timeoutMs */
  timeoutMsOf?(target: string): number;
  /**
   * Takes the target's turn to begin a run at `now`, Unix ms. Without it a target has no pace.
   * @returns 0 when it may begin, or how long to wait before asking again, ms
   */
  takeTurn?(target: string, now: number): number;
}

export interface WorkerLimits {
  /**
   * Whether the start of a run is stored before it begins, so that the next one can tell that it is a
   * repeat also after a crash. Costs a wait for the disk per run; without it `attempt` counts the
   * failures that were seen.
   */
  readonly startsAreDurable: boolean;
  /** Lanes of one target that run at the same time. */
  readonly concurrency: number;
  /** A run that takes longer is aborted and counts as failed. */
  readonly timeoutMs: number;
  /** Waits between tries, in ms; one more try than waits, then the task is dead. */
  readonly backoffMs: readonly number[];
}
