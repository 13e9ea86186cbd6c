import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import type { JournalEvent } from "../event/instance-event.ts";
import type { Logger } from "../log/logger.ts";
import { CursorStore } from "./cursor-store.ts";
import type { Journal } from "./journal.ts";
import type { Overrun } from "./overrun.ts";

/** What a reader does with events. `Applied` carries what `apply` made over to `committed`. */
export interface Reading<Applied> {
  /** Names the durable cursor. */
  readonly name: string;
  /**
   * Whether there is anything to do about these events. The cursor passes by events of no concern in
   * memory; it is stored with the next ones that are, so after a crash a few are looked at again.
   */
  concerns(events: readonly JournalEvent[]): boolean;
  /** In the transaction that moves the cursor: only SQL may be awaited; may run again after a failure. */
  apply(tx: Transaction, events: readonly JournalEvent[]): Promise<Applied>;
  /** After the commit. Must not throw. */
  committed(applied: Applied): void;
}

export interface ReaderOptions<Applied> {
  readonly reading: Reading<Applied>;
  readonly journal: Journal;
  readonly database: Database;
  readonly logger: Logger;
  /** Where a reader that never ran before begins. */
  readonly from: "end" | "beginning";
  /** An event could not be applied: this instance waits and is tried again later, the others go on. */
  onParked(instanceId: string, number: number): void;
  /** Retention erased these events before the reader came to them. */
  onOverrun(instanceId: string, overrun: Overrun): void;
}

const BATCH = 400;
/** One flooded instance gets at most this share of a batch while others have something, too. */
const BATCH_PER_INSTANCE = 100;
/** Events kept in memory for the next batches; past it an instance is read from the journal again. */
const MAX_TAIL = 4000;
const PARKED_FOR_MS = 30_000;
/** After so many events of no concern the cursor is stored all the same. */
const MAX_PASSED_BY = 1000;

interface Position {
  /** The cursor as stored. */
  number: number;
  /** What follows the cursor without a gap, as far as memory holds it. */
  tail: JournalEvent[];
  /** The highest number that the journal is known to hold: above the tail's end there is more to read. */
  known: number;
  parkedUntil: number;
}

/**
 * Follows the journal of the instances that this node runs, in order per instance, each event at least
 * once, with a cursor that moves in the same transaction as what `apply` writes. In the steady state it
 * is handed the events that were just committed and reads nothing.
 */
export class Reader<Applied> {
  readonly #options: ReaderOptions<Applied>;
  readonly #cursors: CursorStore;
  readonly #positions = new Map<string, Position>();
  readonly #dirty = new Set<string>();
  /** Cursors that moved in memory only. */
  readonly #passed = new Map<string, number>();
  #passedBy = 0;
  #tailed = 0;
  #running: Promise<void> | null = null;
  /** Something came since the run last looked for work. */
  #asked = false;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: ReaderOptions<Applied>) {
    this.#options = options;
    this.#cursors = new CursorStore(options.database, options.reading.name);
  }

  /** Remembers durably that this reader exists; call once before `own`. */
  async register(): Promise<void> {
    await this.#cursors.register(this.#options.from);
    this.#options.journal.onAnnounced((events) => this.#hear(events));
  }

  /** Begins to follow instances: from where the cursor stands. */
  async own(instanceIds: readonly string[]): Promise<void> {
    for (const { instanceId, cursor, head } of await this.#cursors.load(instanceIds)) {
      if (this.#positions.has(instanceId)) continue;
      this.#positions.set(instanceId, { number: cursor, tail: [], known: head, parkedUntil: 0 });
      if (head > cursor) this.#dirty.add(instanceId);
    }
    this.#wake();
  }

  follows(instanceId: string): boolean {
    return this.#positions.has(instanceId);
  }

  disown(instanceId: string): void {
    const position = this.#positions.get(instanceId);
    if (position) this.#dropTail(position);
    this.#positions.delete(instanceId);
    this.#passed.delete(instanceId);
    this.#dirty.delete(instanceId);
  }

  /** Stops following; the batch that is being applied is finished. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry) clearTimeout(this.#retry);
    await this.#running;
    await this.storePassed();
  }

  #hear(events: readonly JournalEvent[]): void {
    for (const event of events) {
      const position = this.#positions.get(event.instanceId);
      if (!position) continue;
      position.known = Math.max(position.known, event.number);
      if (event.number === endOf(position) + 1 && this.#tailed < MAX_TAIL) {
        position.tail.push(event);
        this.#tailed += 1;
      }
      this.#dirty.add(event.instanceId);
    }
    this.#wake();
  }

  #wake(): void {
    if (this.#closed || this.#dirty.size === 0) return;
    this.#asked = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      // What was heard after the last look must not wait for the next event.
      if (this.#asked) this.#wake();
    });
  }

  async #run(): Promise<void> {
    try {
      while (!this.#closed) {
        const batch = await this.#collect();
        if (batch.length === 0) return;
        if (await this.#apply(batch)) continue;
        for (const events of byInstance(batch).values()) {
          if (!(await this.#apply(events))) this.#park(events);
        }
      }
    } catch (error) {
      const { logger, reading } = this.#options;
      logger.error("reader could not read the journal", { reader: reading.name, error });
      this.#wakeLater();
    }
  }

  async #collect(): Promise<JournalEvent[]> {
    this.#asked = false;
    const batch: JournalEvent[] = [];
    const now = Date.now();
    for (const instanceId of this.#dirty) {
      const position = this.#positions.get(instanceId);
      if (!position || position.parkedUntil > now) continue;
      if (position.tail.length === 0 && position.known > position.number) {
        await this.#refill(instanceId, position);
      }
      // What was heard while we read is read with the next batch.
      if (position.known === position.number) this.#dirty.delete(instanceId);
      batch.push(...position.tail.slice(0, BATCH_PER_INSTANCE));
      if (batch.length >= BATCH) break;
    }
    return batch;
  }

  async #refill(instanceId: string, position: Position): Promise<void> {
    const { journal } = this.#options;
    const { known } = position;
    const read = await journal.read(instanceId, position.number, BATCH_PER_INSTANCE);
    if (this.#positions.get(instanceId) !== position) return;
    const last = read[0] ? read[0].number - 1 : known;
    if (last > position.number) await this.#skipErased(instanceId, position, last);
    // What was heard while we read is in what we read, or is read next.
    this.#dropTail(position);
    position.tail = read;
    this.#tailed += read.length;
  }

  /** Retention was faster than this reader. It goes on with what is left, and says what it missed. */
  async #skipErased(instanceId: string, position: Position, last: number): Promise<void> {
    const first = position.number + 1;
    // At once, so that it is told once.
    await this.#options.database.write((tx) =>
      this.#cursors.move(tx, new Map([[instanceId, last]])),
    );
    position.number = last;
    this.#passed.delete(instanceId);
    this.#options.onOverrun(instanceId, { first, last });
  }

  async #apply(events: readonly JournalEvent[]): Promise<boolean> {
    const { reading, database, logger } = this.#options;
    try {
      if (this.#passBy(events)) return true;
      const applied = await database.write(async (tx) => {
        // An instance that was given up meanwhile may be erased already.
        const followed = events.filter(({ instanceId }) => this.#positions.has(instanceId));
        const result = await reading.apply(tx, followed);
        await this.#cursors.move(tx, this.#cursorsAfter(followed));
        return result;
      });
      this.#advance(events);
      this.#passed.clear();
      this.#passedBy = 0;
      reading.committed(applied);
      return true;
    } catch (error) {
      logger.warn("reader could not apply a batch", { reader: reading.name, error });
      return false;
    }
  }

  #passBy(events: readonly JournalEvent[]): boolean {
    if (this.#passedBy >= MAX_PASSED_BY || this.#options.reading.concerns(events)) return false;
    this.#passedBy += events.length;
    for (const [instanceId, number] of lastNumbers(events)) this.#passed.set(instanceId, number);
    this.#advance(events);
    return true;
  }

  /** Stores cursors that moved in memory only, for the next process. Nothing is lost when it fails. */
  async storePassed(): Promise<void> {
    const { database, logger, reading } = this.#options;
    // A batch that is being applied stores them with its own, which may be ahead of these.
    if (this.#passed.size === 0 || this.#running !== null) return;
    const passed = this.#cursorsAfter([]);
    try {
      await database.write((tx) => this.#cursors.move(tx, passed));
      for (const [instanceId, number] of passed) {
        if (this.#passed.get(instanceId) === number) this.#passed.delete(instanceId);
      }
    } catch (error) {
      logger.warn("cursors could not be stored", { reader: reading.name, error });
    }
  }

  #cursorsAfter(events: readonly JournalEvent[]): Map<string, number> {
    const followed = [...this.#passed].filter(([instanceId]) => this.#positions.has(instanceId));
    return new Map([...followed, ...lastNumbers(events)]);
  }

  #advance(events: readonly JournalEvent[]): void {
    for (const [instanceId, number] of lastNumbers(events)) {
      const position = this.#positions.get(instanceId);
      if (!position) continue;
      const applied = position.tail.findLastIndex((event) => event.number <= number) + 1;
      position.tail.splice(0, applied);
      this.#tailed -= applied;
      position.number = number;
      position.parkedUntil = 0;
      // To the end of the line, so that the next batch begins with another instance.
      this.#dirty.delete(instanceId);
      if (position.known > number) this.#dirty.add(instanceId);
    }
  }

  #park(events: readonly JournalEvent[]): void {
    const first = events[0];
    const position = first && this.#positions.get(first.instanceId);
    if (!first || !position) return;
    this.#dropTail(position);
    position.parkedUntil = Date.now() + PARKED_FOR_MS;
    this.#options.onParked(first.instanceId, first.number);
    this.#wakeLater();
  }

  #wakeLater(): void {
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#wake(), PARKED_FOR_MS);
    this.#retry.unref();
  }

  #dropTail(position: Position): void {
    this.#tailed -= position.tail.length;
    position.tail = [];
  }
}

function endOf({ tail, number }: Position): number {
  return tail.at(-1)?.number ?? number;
}

function lastNumbers(events: readonly JournalEvent[]): Map<string, number> {
  return new Map(events.map((event) => [event.instanceId, event.number]));
}

function byInstance(events: readonly JournalEvent[]): Map<string, JournalEvent[]> {
  return Map.groupBy(events, (event) => event.instanceId);
}
