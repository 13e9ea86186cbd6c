import { z } from "zod";
import { OrquestaError } from "../error/orquesta-error.ts";

/** What is kept for how long, in days. Fractions are fine; `Infinity` keeps it for ever. */
export interface RetentionOptions {
  /** Events of the journal. Those that a younger pending task needs stay until it has ended. @default 30 */
  readonly eventDays?: number;
  /** So many events of an instance are kept at most, the newest ones. @default Infinity */
  readonly eventsPerInstance?: number;
  /** Tasks that were done, since then: webhooks that were delivered, messages that were handled. @default 7 */
  readonly doneTaskDays?: number;
  /** Tasks that were given up, since then. @default `eventDays` */
  readonly deadTaskDays?: number;
  /**
   * Messages of ours that are settled, since their last change. As long, and no longer, the repeat of an
   * idempotency key is recognised. At least 1. @default 30
   */
  readonly outboxDays?: number;
  /** Media that came in, since they came or were last fetched. @default 30 */
  readonly mediaDays?: number;
  /** So many bytes of media that came in are kept at most, the newest ones. @default Infinity */
  readonly mediaBytes?: number;
  /** Log lines of the instances. @default 30 */
  readonly logDays?: number;
  /**
   * What tells that an incoming message is a repeat, at least as long as its event.
   * @default 90, or `eventDays` when that is longer
   */
  readonly seenDays?: number;
}

/** How much is kept: durations in ms, `Infinity` for what stays. */
export interface Retention {
  readonly eventsMs: number;
  readonly eventsPerInstance: number;
  readonly doneTasksMs: number;
  readonly deadTasksMs: number;
  readonly outboxMs: number;
  readonly mediaMs: number;
  readonly mediaBytes: number;
  readonly logMs: number;
  readonly seenMs: number;
}

const DAY_MS = 86_400_000;

const EVENT_DAYS = 30;
const SEEN_DAYS = 90;

const amount = (least: number, error: string) =>
  z.custom<number>((value) => typeof value === "number" && value >= least, error);
const days = amount(Number.MIN_VALUE, "has to be a positive number of days, or Infinity");

const optionsSchema = z.strictObject({
  eventDays: days.default(EVENT_DAYS),
  eventsPerInstance: amount(1, "has to be at least 1, or Infinity").default(
    Number.POSITIVE_INFINITY,
  ),
  doneTaskDays: days.default(7),
  deadTaskDays: days.optional(),
  outboxDays: amount(
    1,
    "has to be at least 1: so long the repeat of an idempotency key is recognised",
  ).default(30),
  mediaDays: days.default(30),
  mediaBytes: amount(0, "has to be a number of bytes, or Infinity").default(
    Number.POSITIVE_INFINITY,
  ),
  logDays: days.default(30),
  seenDays: days.optional(),
});

/** @throws CONFIGURATION_INVALID */
export function resolveRetention(options: RetentionOptions = {}): Retention {
  const result = optionsSchema.safeParse(options);
  if (!result.success) throw invalid(result.error.issues[0]);
  const { eventDays, eventsPerInstance, doneTaskDays, outboxDays, mediaDays, logDays } =
    result.data;
  const { deadTaskDays = eventDays, seenDays = Math.max(SEEN_DAYS, eventDays) } = result.data;
  if (seenDays < eventDays) {
    throw invalid({ path: ["seenDays"], message: "must not be shorter than eventDays" });
  }
  return {
    eventsMs: eventDays * DAY_MS,
    eventsPerInstance,
    doneTasksMs: doneTaskDays * DAY_MS,
    deadTasksMs: deadTaskDays * DAY_MS,
    outboxMs: outboxDays * DAY_MS,
    mediaMs: mediaDays * DAY_MS,
    mediaBytes: result.data.mediaBytes,
    logMs: logDays * DAY_MS,
    seenMs: seenDays * DAY_MS,
  };
}

function invalid(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): OrquestaError {
  const where = issue?.path.map(String).join(".") ?? "";
  return new OrquestaError("CONFIGURATION_INVALID", `retention.${where} ${issue?.message ?? ""}`);
}
