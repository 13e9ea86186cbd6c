import { z } from "zod";
import { OrquestaError } from "../error/orquesta-error.ts";
import { parse } from "../error/parse.ts";
import type { EventBus } from "../event/event-bus.ts";
import type { EventName } from "../event/event-map.ts";
import type { EventFeed } from "./event-feed.ts";
import { EventFilter, eventNamesSchema } from "./event-filter.ts";
import { type EventPage, readPage } from "./event-page.ts";
import { EventStream, type EventStreamOptions } from "./event-stream.ts";
import { startInAll, startInInstance } from "./start-position.ts";
import type { StoredEvents } from "./stored-events.ts";

export interface ReadEventsOptions {
  /** Behind which event: its id; of one instance also its number. @default the first event that is kept */
  readonly after?: number | string | undefined;
  /** Events at most, 1 to 1000. @default 100 */
  readonly limit?: number | undefined;
  /** @default every durable event */
  readonly names?: readonly EventName[] | undefined;
  /** Only events of this company's instances. */
  readonly companyId?: string | undefined;
}

export interface FollowEventsOptions {
  /** @default all instances */
  readonly instanceId?: string | undefined;
  /** Only events of this company's instances. */
  readonly companyId?: string | undefined;
  /** @default every durable event; ephemeral ones only when they are named here */
  readonly names?: readonly EventName[] | undefined;
  /** Behind which event: its id; of one instance also its number. @default what happens from now on */
  readonly after?: number | string | undefined;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
}

export interface EventStreamsOptions {
  readonly events: StoredEvents;
  readonly feed: EventFeed;
  readonly bus: EventBus;
  /** The company of an instance that this node runs. */
  companyOf(instanceId: string): string | null;
}

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const id = z
  .string()
  .regex(UUID_V7, "has to be the id of an event")
  .transform((text) => text.toLowerCase());
const after = z
  .union([z.int().nonnegative(), id], "has to be the number or the id of an event")
  .optional();
/** Numbers are those of one instance. */
const positionInAll = z.object({ after: z.string("has to be the id of an event").pipe(id) });
const names = eventNamesSchema.optional();
const companyId = z.string().optional();

const readSchema = z.strictObject({
  after,
  limit: z.int().min(1).max(1000).default(100),
  names,
  companyId,
});
const followSchema = z.strictObject({
  instanceId: z.string().optional(),
  companyId,
  names,
  after,
});

/** The journal for those outside: in pages, or as it grows. */
export class EventStreams {
  readonly #options: EventStreamsOptions;
  readonly #open = new Set<EventStream>();
  #closed = false;

  constructor(options: EventStreamsOptions) {
    this.#options = options;
  }

  /** Streams that are open. */
  get count(): number {
    return this.#open.size;
  }

  /** @throws VALIDATION_FAILED, INSTANCE_NOT_FOUND, EVENTS_EXPIRED, DATABASE_FAILED */
  async read(instanceId: string | null, options: ReadEventsOptions): Promise<EventPage> {
    const { events } = this.#options;
    const { after, limit, ...rest } = parse(readSchema, options, "page of events");
    if (instanceId !== null) await events.instance(instanceId);
    const start = await this.#start(instanceId, after);
    const filter = new EventFilter(rest.names, rest.companyId);
    const page = { instanceId, filter, limit, start };
    return readPage(events, page);
  }

  /** @throws VALIDATION_FAILED, INSTANCE_NOT_FOUND, EVENTS_EXPIRED, DATABASE_FAILED */
  async follow({ signal, ...options }: FollowEventsOptions): Promise<EventStream> {
    const { events, feed } = this.#options;
    const parsed = parse(followSchema, options, "stream of events");
    const instanceId = parsed.instanceId ?? null;
    const filter = new EventFilter(parsed.names, parsed.companyId);
    await feed.hold();
    let stream: EventStream;
    try {
      const from = await this.#start(instanceId, parsed.after);
      const head = instanceId === null ? null : (await events.instance(instanceId)).head;
      if (this.#closed) throw new OrquestaError("MANAGER_CLOSED", "the manager is closed");
      const begin = parsed.after ?? head ?? feed.newestId;
      stream = this.#openStream({ instanceId, filter, from, begin }, signal);
    } catch (error) {
      feed.release();
      throw error;
    }
    try {
      // Only now: a removal from here on ends the stream, one before is seen.
      if (instanceId !== null) await events.instance(instanceId);
      return stream;
    } catch (error) {
      stream.close();
      throw error;
    }
  }

  /** Ends the streams of an instance that is gone. */
  removed(instanceId: string): void {
    this.#options.feed.removed(instanceId);
  }

  /** Ends every stream. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const stream of [...this.#open]) stream.close();
    await this.#options.feed.close();
  }

  async #start(instanceId: string | null, after: number | string | undefined) {
    const { events } = this.#options;
    if (after === undefined) return null;
    if (instanceId !== null) return startInInstance(events, instanceId, after);
    return startInAll(events, parse(positionInAll, { after }, "position").after);
  }

  #openStream(
    asked: Pick<EventStreamOptions, "instanceId" | "filter" | "from" | "begin">,
    signal: AbortSignal | undefined,
  ): EventStream {
    const { events, feed } = this.#options;
    const ends = [() => feed.release()];
    const onClosed = () => {
      for (const end of ends) end();
    };
    const stream = new EventStream({ ...asked, feed, events, onClosed });
    this.#open.add(stream);
    ends.push(() => this.#open.delete(stream), ...this.#hearEphemeral(stream, asked.filter));
    if (signal) ends.push(closeOnAbort(stream, signal));
    return stream;
  }

  #hearEphemeral(stream: EventStream, { ephemeralNames }: EventFilter): (() => void)[] {
    const { bus, companyOf } = this.#options;
    return ephemeralNames.map((name) =>
      bus.on(name, (event) => stream.hearEphemeral(event, companyOf(event.instanceId))),
    );
  }
}

/** @returns the function that takes the listener off again */
function closeOnAbort(stream: EventStream, signal: AbortSignal): () => void {
  const close = () => stream.close();
  if (signal.aborted) close();
  else signal.addEventListener("abort", close, { once: true });
  return () => signal.removeEventListener("abort", close);
}
