import { setImmediate as nextTurn } from "node:timers/promises";
import type { EventName } from "../event/event-map.ts";
import type { InstanceEvent, JournalEvent } from "../event/instance-event.ts";
import { fromRow } from "../journal/event-row.ts";
import type { EventFeed, FeedListener } from "./event-feed.ts";
import type { EventFilter } from "./event-filter.ts";
import type { Place, Position } from "./position.ts";
import type { StoredEvent, StoredEvents } from "./stored-events.ts";

export type StreamedEvent = InstanceEvent<EventName>;

export interface EventStreamOptions {
  readonly feed: EventFeed;
  readonly events: StoredEvents;
  readonly filter: EventFilter;
  /** Null: all. */
  readonly instanceId: string | null;
  /** Where it begins; null: at what comes next. */
  readonly from: { readonly position: Position; readonly number: number } | null;
  /** The same to be told to the consumer. */
  readonly begin: number | string | null;
  /** Called once, however the stream ends. */
  onClosed(): void;
}

const PAGE = 100;
/** Announced events that wait for the consumer; past it they are read from the journal. */
const MAX_WAITING = 128;
/** Ephemeral events that wait for the consumer; past it they are dropped. */
const MAX_EPHEMERAL = 16;

/**
 * The journal as its consumer asks for it: what is stored first, then what is announced, without a gap
 * and without a repeat, in order per instance. It holds a bounded number of events, however slow the
 * consumer is. Ends when it is closed, and when nothing more can come; never iterated, it has to be closed.
 */
export class EventStream implements AsyncIterableIterator<StreamedEvent>, AsyncDisposable {
  /**
   * Where it began: whoever was told nothing yet goes on behind it. Null when there was no event at all.
   */
  readonly begin: number | string | null;
  readonly #options: EventStreamOptions;
  readonly #events: AsyncGenerator<StreamedEvent, void>;
  readonly #unlisten: () => void;
  readonly #waiting: StreamedEvent[] = [];
  #ephemeral = 0;
  /** What was heard when there was no more room: from there on it is read from the journal. */
  #missedFrom: Position | null = null;
  /** The last event of the instance that was looked at. */
  #number: number;
  #wake: (() => void) | null = null;
  #ending = false;
  #closed = false;

  /** The feed has to be held, until `onClosed`. */
  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.begin = options.begin;
    const { feed, instanceId, from } = options;
    this.#number = from?.number ?? 0;
    const listener: FeedListener = {
      instanceId,
      hear: (event, companyId) => this.#hear(event, companyId),
      end: () => this.#end(),
    };
    this.#unlisten = feed.listen(listener);
    this.#events = this.#run(feed.position());
  }

  /** Events in memory for the consumer, at most 144. */
  get waiting(): number {
    return this.#waiting.length;
  }

  next(): Promise<IteratorResult<StreamedEvent, void>> {
    return this.#events.next();
  }

  async return(): Promise<IteratorResult<StreamedEvent, void>> {
    this.close();
    await this.#events.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Ends it at once; what waits is dropped. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unlisten();
    this.#waiting.length = 0;
    this.#end();
    this.#options.onClosed();
  }

  /** An event that is not stored; dropped when the consumer is slow. */
  hearEphemeral(event: StreamedEvent, companyId: string | null): void {
    const { filter, instanceId } = this.#options;
    if (this.#ending || this.#ephemeral >= MAX_EPHEMERAL) return;
    if (instanceId !== null && event.instanceId !== instanceId) return;
    if (!filter.passes(event.name, companyId)) return;
    this.#ephemeral += 1;
    this.#waiting.push(event);
    this.#wake?.();
  }

  #hear(event: JournalEvent, companyId: string | null): void {
    const { filter, feed } = this.#options;
    if (this.#ending || this.#missedFrom || !filter.passes(event.name, companyId)) return;
    if (this.#waiting.length >= MAX_WAITING) this.#missedFrom = feed.position();
    else this.#waiting.push(event);
    this.#wake?.();
  }

  #end(): void {
    this.#ending = true;
    this.#wake?.();
  }

  async *#run(begin: Position): AsyncGenerator<StreamedEvent, void> {
    try {
      if (this.#options.from) yield* this.#stored(this.#options.from.position, begin);
      for (;;) {
        yield* this.#announced();
        const missedFrom = this.#missedFrom;
        if (!missedFrom || this.#closed) return;
        this.#missedFrom = null;
        yield* this.#stored(missedFrom, this.#options.feed.position());
      }
    } catch (error) {
      // A database that was closed meanwhile is no failure of a stream that has ended.
      if (!this.#closed) throw error;
    } finally {
      this.close();
    }
  }

  /** What lies between two positions. */
  async *#stored(from: Position, until: Position): AsyncGenerator<StreamedEvent, void> {
    const { filter } = this.#options;
    let last: Place | null = null;
    for (;;) {
      const page: StoredEvent[] = await this.#page(last?.id ?? from.afterId, until);
      for (const row of page) {
        if (this.#closed) return;
        last = { id: row.id, instanceId: row.instance_id, number: row.number };
        this.#number = row.number;
        if (from.covers(last) || !until.covers(last)) continue;
        if (filter.passes(row.name, row.company_id)) yield fromRow(row);
      }
      if (page.length < PAGE || !last || (until.lastId !== null && last.id > until.lastId)) return;
      // A page may have taken no time but this thread's.
      await nextTurn();
    }
  }

  #page(afterId: string, until: Position): Promise<StoredEvent[]> {
    const { events, instanceId } = this.#options;
    if (instanceId !== null) return events.ofInstance(instanceId, this.#number, PAGE);
    return events.ofAll(afterId, until.lastId, PAGE);
  }

  /** What was heard, and is heard, until the end or until something was missed. */
  async *#announced(): AsyncGenerator<StreamedEvent, void> {
    for (;;) {
      const event = this.#waiting.shift();
      if (event) {
        if (event.number === null) this.#ephemeral -= 1;
        else this.#number = event.number;
        yield event;
      } else {
        if (this.#ending || this.#missedFrom) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = null;
      }
    }
  }
}
