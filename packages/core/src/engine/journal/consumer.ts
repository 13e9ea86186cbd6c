import type { JournalEvent } from "../event/instance-event.ts";
import type { IncomingMessage } from "../message/incoming-message.ts";
import type { NewTask, Outcome, Task, Worker, WorkerLimits } from "./worker.ts";

export interface ConsumedMessage {
  readonly instanceId: string;
  readonly message: IncomingMessage;
  /** An earlier run may have done its work, wholly or in part: it failed, or the process died in it. */
  readonly repeat: boolean;
  /** Fires when the handler has to end: it took too long, or the manager closes. */
  readonly signal: AbortSignal;
}

export type MessageHandler = (message: ConsumedMessage) => Promise<void> | void;

export interface ConsumeOptions {
  /** Where a consumer begins that never ran before. @default "end" */
  readonly from?: "end" | "beginning";
  /** Chats of one instance that are handled at the same time. @default 8 */
  readonly concurrency?: number;
  /** @default 300_000 */
  readonly timeoutMs?: number;
  /** Waits between tries, in ms; a message that fails once more is put aside. @default eight tries over about an hour */
  readonly backoffMs?: readonly number[];
}

export const CONSUME_DEFAULTS = {
  from: "end",
  concurrency: 8,
  timeoutMs: 300_000,
  backoffMs: [1000, 5000, 15_000, 60_000, 300_000, 900_000, 1_800_000],
} as const satisfies Required<ConsumeOptions>;

/** A worker that hands received messages to a function. */
export class Consumer implements Worker {
  readonly name: string;
  readonly limits: WorkerLimits;
  readonly #handler: MessageHandler;

  constructor(name: string, handler: MessageHandler, options: ConsumeOptions) {
    const { concurrency, timeoutMs, backoffMs } = { ...CONSUME_DEFAULTS, ...options };
    this.name = `consumer/${name}`;
    this.limits = { concurrency, timeoutMs, backoffMs, startsAreDurable: true };
    this.#handler = handler;
  }

  plan(events: readonly JournalEvent[]): NewTask[] {
    return events
      .filter((event) => event.name === "message.received")
      .map((event) => ({ event, target: event.instanceId, lane: event.chatId ?? "" }));
  }

  async run({ event, attempt }: Task, signal: AbortSignal): Promise<Outcome> {
    if (event.name !== "message.received") return { state: "done" };
    const { instanceId, data } = event;
    await this.#handler({ instanceId, message: data.message, repeat: attempt > 1, signal });
    return { state: "done" };
  }
}
