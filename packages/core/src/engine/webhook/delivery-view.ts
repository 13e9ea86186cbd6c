import type { TaskRecord, TaskState } from "../journal/task-history.ts";

/**
 * `pending`: waits or is under way. `done`: the endpoint answered 2xx. `dead`: given up, `error` says
 * why. `redelivered`: was dead; a later delivery tells its event again.
 */
export type DeliveryState = TaskState;

/** One event on its way to one webhook. Times are ISO 8601. */
export interface DeliveryView {
  readonly id: string;
  readonly webhookId: string;
  /** What `webhook-id` carries; null when the event is erased. */
  readonly eventId: string | null;
  readonly event: string | null;
  readonly eventNumber: number;
  readonly state: DeliveryState;
  /** Tries whose end was seen. */
  readonly attempts: number;
  /** Why the last try failed; null after a success. */
  readonly error: string | null;
  /** HTTP status of the last try; null when there was no answer. */
  readonly lastStatus: number | null;
  /** Of the last try. */
  readonly durationMs: number | null;
  readonly createdAt: string;
  /** Of one that waits after a failure; it comes earlier when the endpoint recovers. */
  readonly nextAttemptAt: string | null;
  readonly finishedAt: string | null;
}

export interface DeliveryPage {
  /** Newest first. */
  readonly deliveries: readonly DeliveryView[];
  /** For the next page, which may be empty and still have a next one; null after the last. */
  readonly cursor: string | null;
}

export function toDeliveryView(task: TaskRecord): DeliveryView {
  const { state, attempts } = task;
  const waits = state === "pending" && attempts > 0;
  return {
    id: String(task.id),
    webhookId: task.target,
    eventId: task.eventId,
    event: task.eventName,
    eventNumber: task.eventNumber,
    state,
    attempts,
    error: task.error,
    lastStatus: task.answerStatus,
    durationMs: task.durationMs,
    createdAt: new Date(task.createdAt).toISOString(),
    nextAttemptAt: waits ? new Date(task.runAt).toISOString() : null,
    finishedAt: task.finishedAt === null ? null : new Date(task.finishedAt).toISOString(),
  };
}
