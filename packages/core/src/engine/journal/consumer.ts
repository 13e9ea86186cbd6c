import { z } from "zod";
import { parse } from "../error/parse.ts";
import type { JournalEvent } from "../event/instance-event.ts";
import type { IncomingMessage } from "../message/incoming-message.ts";
import type { NewTask, Outcome, Task, Worker, WorkerLimits } from "./worker.ts";

export interface ConsumedMessage {
  readonly instanceId: string;
  /** Names this message once and for all, also where platforms use an id in many chats; the same on a repeat. */
  readonly eventId: string;
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
  /** Ids of the instances whose messages are handled. @default all */
  readonly instances?: readonly string[];
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
} as const satisfies Required<Omit<ConsumeOptions, "instances">>;

const name = z
  .string()
  .regex(/^[\w.-]{1,100}$/, "has to be 1 to 100 letters, digits, dots, dashes or underscores");
const durationMs = z.number().max(2 ** 31 - 1);

/** With values of the defaults for what is absent, or undefined as callers without strict types have it. */
const optionsSchema = z.strictObject({
  from: z.enum(["end", "beginning"]).default(CONSUME_DEFAULTS.from),
  instances: z.array(z.string().min(1)).optional(),
  concurrency: z.int().min(1).default(CONSUME_DEFAULTS.concurrency),
  timeoutMs: durationMs.positive().default(CONSUME_DEFAULTS.timeoutMs),
  backoffMs: z.array(durationMs.nonnegative()).default([...CONSUME_DEFAULTS.backoffMs]),
});

/** A worker that hands received messages to a function. */
export class Consumer implements Worker {
  readonly name: string;
  readonly from: "end" | "beginning";
  readonly limits: WorkerLimits;
  readonly #handler: MessageHandler;
  readonly #instances: ReadonlySet<string> | null;

  /** @throws VALIDATION_FAILED */
  constructor(consumer: string, handler: MessageHandler, options: ConsumeOptions) {
    const parsed = parse(optionsSchema, options, "consumer");
    const { from, instances, concurrency, timeoutMs, backoffMs } = parsed;
    this.name = `consumer/${parse(name, consumer, "name of the consumer")}`;
    this.from = from;
    this.limits = { concurrency, timeoutMs, backoffMs, startsAreDurable: true };
    this.#handler = handler;
    this.#instances = instances ? new Set(instances) : null;
  }

  plan(events: readonly JournalEvent[]): NewTask[] {
    return events
      .filter((event) => event.name === "message.received")
      .filter(({ instanceId }) => this.#instances?.has(instanceId) ?? true)
      .map((event) => ({ event, target: event.instanceId, lane: event.chatId ?? "" }));
  }

  async run({ event, attempt }: Task, signal: AbortSignal): Promise<Outcome> {
    if (event.name !== "message.received") return { state: "done" };
    const { instanceId, id: eventId, data } = event;
    const repeat = attempt > 1;
    await this.#handler({ instanceId, eventId, message: data.message, repeat, signal });
    return { state: "done" };
  }
}
