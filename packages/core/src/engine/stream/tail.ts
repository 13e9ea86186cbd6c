import { BEFORE_ALL_IDS, lowestIdAt, timeOfId } from "../journal/event-ids.ts";
import { COMMIT_SPREAD_MS, type Place, type Position } from "./position.ts";
import type { StoredEvent, StoredEvents } from "./stored-events.ts";

const PAGE = 200;

/** Finds what was committed since it was opened: each event once, in order per instance. */
export interface Tail {
  /** Forgets what it knows and begins at the end of the journal. */
  open(): Promise<void>;
  /** Something was committed: to this instance, or to nobody knows which. */
  hint(instanceId: string | null): void;
  /** The next ones; empty when there are none. Each has to be passed by `advance` before the next page. */
  page(): Promise<StoredEvent[]>;
  advance(event: Place): void;
  /** What was passed by. */
  position(): Position;
}

export function createTail(events: StoredEvents): Tail {
  return events.haveOneWriter ? new OrderedTail(events) : new NumberedTail(events);
}

/** Of one writer: ids are in the order of the commits, so the last one says it all. */
class OrderedTail implements Tail {
  readonly #events: StoredEvents;
  #last = BEFORE_ALL_IDS;
  #hinted = false;

  constructor(events: StoredEvents) {
    this.#events = events;
  }

  async open(): Promise<void> {
    this.#last = (await this.#events.newestId()) ?? BEFORE_ALL_IDS;
  }

  hint(): void {
    this.#hinted = true;
  }

  async page(): Promise<StoredEvent[]> {
    if (!this.#hinted) return [];
    this.#hinted = false;
    const page = await this.#events.ofAll(this.#last, null, PAGE);
    if (page.length === PAGE) this.#hinted = true;
    return page;
  }

  advance({ id }: Place): void {
    this.#last = id;
  }

  position(): Position {
    const last = this.#last;
    return { covers: ({ id }) => id <= last, afterId: last, lastId: last };
  }
}

/** Of several writers: a later commit may have a lower id, but the numbers of each instance have no gaps. */
class NumberedTail implements Tail {
  readonly #events: StoredEvents;
  readonly #hinted = new Set<string>();
  #heads = new Map<string, number>();
  #newest = BEFORE_ALL_IDS;
  #looksEverywhere = false;

  constructor(events: StoredEvents) {
    this.#events = events;
  }

  async open(): Promise<void> {
    this.#heads = await this.#events.heads();
    this.#newest = (await this.#events.newestId()) ?? BEFORE_ALL_IDS;
  }

  hint(instanceId: string | null): void {
    if (instanceId === null) this.#looksEverywhere = true;
    else this.#hinted.add(instanceId);
  }

  async page(): Promise<StoredEvent[]> {
    if (this.#looksEverywhere) await this.#look();
    for (const instanceId of this.#hinted) {
      this.#hinted.delete(instanceId);
      const after = this.#heads.get(instanceId) ?? 0;
      const page = await this.#events.ofInstance(instanceId, after, PAGE);
      // To the end of the line: one flooded instance does not hold up the others.
      if (page.length === PAGE) this.#hinted.add(instanceId);
      if (page.length > 0) return page;
    }
    return [];
  }

  advance({ id, instanceId, number }: Place): void {
    this.#heads.set(instanceId, number);
    if (id > this.#newest) this.#newest = id;
  }

  position(): Position {
    const heads = new Map(this.#heads);
    const lastId = this.#newest;
    return {
      covers: ({ instanceId, number }) => number <= (heads.get(instanceId) ?? 0),
      afterId: lowestIdAt(timeOfId(lastId) - COMMIT_SPREAD_MS),
      lastId,
    };
  }

  async #look(): Promise<void> {
    this.#looksEverywhere = false;
    const heads = await this.#events.heads();
    for (const [instanceId, head] of heads) {
      if (head > (this.#heads.get(instanceId) ?? 0)) this.#hinted.add(instanceId);
    }
    for (const instanceId of this.#heads.keys()) {
      if (!heads.has(instanceId)) this.#heads.delete(instanceId);
    }
  }
}
