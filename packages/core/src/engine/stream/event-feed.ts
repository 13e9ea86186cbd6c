import { setImmediate as nextTurn } from "node:timers/promises";
import type { JournalEvent } from "../event/instance-event.ts";
import { BEFORE_ALL_IDS } from "../journal/event-ids.ts";
import { fromRow } from "../journal/event-row.ts";
import type { Journal } from "../journal/journal.ts";
import type { Logger } from "../log/logger.ts";
import type { Place, Position } from "./position.ts";
import type { StoredEvent, StoredEvents } from "./stored-events.ts";
import { createTail, type Tail } from "./tail.ts";

/** Who is told what is committed. Neither may throw or wait. */
export interface FeedListener {
  /** The instance that it is about; null: all. */
  readonly instanceId: string | null;
  /** While it is called, `position` of the feed does not cover the event yet. */
  hear(event: JournalEvent, companyId: string | null): void;
  /** The instance was removed, or the manager closes: nothing more will come. */
  end(): void;
}

/** How often a node that shares its database looks for what others have written. */
const POLL_MS = 1000;

/**
 * Reads what was committed once for all streams of this node, while there are any, and tells each
 * event once, in order per instance. A listener that is slow costs the others nothing.
 */
export class EventFeed {
  readonly #journal: Journal;
  readonly #events: StoredEvents;
  readonly #tail: Tail;
  readonly #logger: Logger;
  readonly #listeners = new Map<string | null, Set<FeedListener>>();
  readonly #poller: NodeJS.Timeout | null;
  #holds = 0;
  /** One opening after the other. */
  #opening: Promise<void> = Promise.resolve();
  #opened = false;
  #pumping: Promise<void> | null = null;
  #asked = false;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(journal: Journal, events: StoredEvents, logger: Logger) {
    this.#journal = journal;
    this.#events = events;
    this.#tail = createTail(events);
    this.#logger = logger;
    journal.onAnnounced((announced) => {
      if (!this.#opened) return;
      for (const { instanceId } of announced) this.#tail.hint(instanceId);
      this.#wake();
    });
    this.#poller = events.haveOneWriter ? null : setInterval(() => this.#poll(), POLL_MS);
    this.#poller?.unref();
  }

  get listenerCount(): number {
    let count = 0;
    for (const listeners of this.#listeners.values()) count += listeners.size;
    return count;
  }

  /** Keeps the feed running until `release`; resolves when `position` is known. @throws DATABASE_FAILED */
  async hold(): Promise<void> {
    this.#holds += 1;
    const opening = this.#opening.then(() => (this.#opened ? undefined : this.#open()));
    this.#opening = opening.catch(() => {});
    try {
      await opening;
    } catch (error) {
      this.release();
      throw error;
    }
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.#opened = false;
  }

  /** What was told. Only while the feed is held. */
  position(): Position {
    return this.#tail.position();
  }

  /** The greatest id that was told; null while there is none. */
  get newestId(): string | null {
    const { lastId } = this.#tail.position();
    return lastId === BEFORE_ALL_IDS ? null : lastId;
  }

  /** @returns the function that takes the listener off again */
  listen(listener: FeedListener): () => void {
    const listeners = this.#listeners.get(listener.instanceId) ?? new Set();
    this.#listeners.set(listener.instanceId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#listeners.get(listener.instanceId) !== listeners) return;
      this.#listeners.delete(listener.instanceId);
    };
  }

  /** Ends what follows this instance alone. */
  removed(instanceId: string): void {
    for (const listener of [...(this.#listeners.get(instanceId) ?? [])]) listener.end();
  }

  /** Ends every listener. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#poller) clearInterval(this.#poller);
    if (this.#retry) clearTimeout(this.#retry);
    for (const listeners of [...this.#listeners.values()]) {
      for (const listener of [...listeners]) listener.end();
    }
    await this.#pumping;
  }

  async #open(): Promise<void> {
    // What was being read for those before has to be over, or it would be told again.
    await this.#pumping;
    await this.#tail.open();
    this.#opened = this.#holds > 0;
    // Whatever was committed while it opened.
    this.#tail.hint(null);
    this.#wake();
  }

  #wake(): void {
    if (this.#closed || !this.#opened) return;
    this.#asked = true;
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = null;
      if (this.#asked) this.#wake();
    });
  }

  async #pump(): Promise<void> {
    try {
      while (this.#opened && !this.#closed) {
        this.#asked = false;
        const page = await this.#tail.page();
        if (page.length === 0) return;
        if (!this.#opened) return;
        for (const row of page) this.#tell(row);
        await nextTurn();
      }
    } catch (error) {
      this.#logger.warn("live events could not be read", { error });
      this.#tail.hint(null);
      this.#asked = false;
      if (this.#retry) clearTimeout(this.#retry);
      this.#retry = setTimeout(() => this.#wake(), POLL_MS);
      this.#retry.unref();
    }
  }

  /** In one turn, so that whoever takes a position has the whole event before or behind it. */
  #tell(row: StoredEvent): void {
    const place: Place = { id: row.id, instanceId: row.instance_id, number: row.number };
    const groups = [this.#listeners.get(row.instance_id), this.#listeners.get(null)];
    if (groups.some((group) => group !== undefined)) {
      const event = fromRow(row);
      for (const group of groups) {
        for (const listener of group ?? []) listener.hear(event, row.company_id);
      }
    }
    this.#tail.advance(place);
  }

  #poll(): void {
    this.#look().catch((error: unknown) => {
      this.#logger.warn("events of other nodes could not be looked for", { error });
    });
  }

  async #look(): Promise<void> {
    // Also while nobody listens: so the ids of the nodes stay together, whatever their clocks say.
    await this.#journal.observeIds();
    if (!this.#opened || this.#closed) return;
    await this.#endRemoved();
    this.#tail.hint(null);
    this.#wake();
  }

  /** Instances that another node has removed. */
  async #endRemoved(): Promise<void> {
    const followed = [...this.#listeners.keys()].filter((id) => id !== null);
    if (followed.length === 0) return;
    const existing = await this.#events.heads();
    for (const instanceId of followed) if (!existing.has(instanceId)) this.removed(instanceId);
  }
}
