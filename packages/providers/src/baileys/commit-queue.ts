import { type Change, type DurableEvent, type KeyChange, OrquestaError } from "@orquesta/core";

/** A key on its way to the disk; bytes are made when it leaves, so that a newer value costs only one. */
export interface PendingKey {
  readonly type: string;
  readonly id: string;
  readonly toChange: () => KeyChange;
  /** What a reader gets meanwhile; null when the key is to be erased. */
  readonly value: unknown;
}

interface Batch {
  readonly keys: Map<string, PendingKey>;
  readonly events: DurableEvent[];
  additions: number;
  readonly durable: PromiseWithResolvers<void>;
}

export interface CommitQueueOptions {
  readonly commit: (change: Change) => Promise<void>;
  /** Keeps all frames back until the promise is settled. */
  readonly hold: (durable: Promise<void>) => void;
  /** Called once, before anybody who waits for the commit learns of it. */
  readonly onFailure: (cause: unknown) => void;
}

/** More than this does not pile up before whoever adds has to wait; it also bounds one turn of the loop. */
const MAX_ADDITIONS = 16;

/**
 * Gathers what has to be durable while the previous commit is on its way.
 *
 * Nothing may leave for the server before it is stored, but the work itself need not wait for the
 * disk: the gate before the wire does. So the next message can be decrypted while the one before is
 * written, and what came meanwhile is one commit.
 *
 * One commit at a time, on purpose: if a later one could succeed after an earlier one failed, the
 * ratchet on disk would be past a message that the journal does not have, and the redelivery of that
 * message could not be read any more. After a failure the queue takes nothing.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #gathering: Batch | null = null;
  #flying: Batch | null = null;
  #isScheduled = false;
  #isClosed = false;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The newest value that is not on disk yet. */
  pending(type: string, id: string): PendingKey | undefined {
    const name = nameOf(type, id);
    return this.#gathering?.keys.get(name) ?? this.#flying?.keys.get(name);
  }

  /**
   * Takes the changes as one: they are stored together or not at all. Resolves when more may be
   * added, which is at once unless much is waiting.
   * @throws SESSION_CLOSED
   */
  async add(keys: readonly PendingKey[], events: readonly DurableEvent[]): Promise<void> {
    if (this.#isClosed) throw new OrquestaError("SESSION_CLOSED", "the session is closed");
    const batch = this.#batch();
    for (const key of keys) batch.keys.set(nameOf(key.type, key.id), key);
    batch.events.push(...events);
    batch.additions++;
    if (batch.additions < MAX_ADDITIONS) {
      this.#schedule();
      return;
    }
    if (this.#flying !== null) await this.#flying.durable.promise;
    else await this.#fly();
  }

  /** Resolves when everything that was added is durable; rejects when some of it could not be. */
  async flush(): Promise<void> {
    if (this.#flying !== null) await this.#flying.durable.promise;
    if (this.#gathering !== null) await this.#fly();
  }

  /** Drops what is not on its way. */
  close(): void {
    this.#isClosed = true;
    this.#gathering = null;
  }

  #batch(): Batch {
    if (this.#gathering !== null) return this.#gathering;
    const durable = Promise.withResolvers<void>();
    // Those who wait hear of it as well; without anybody it must not count as unhandled.
    durable.promise.catch(() => {});
    this.#gathering = { keys: new Map(), events: [], additions: 0, durable };
    this.#options.hold(durable.promise);
    return this.#gathering;
  }

  /** In the next turn: what this turn of the loop still produces comes along. */
  #schedule(): void {
    if (this.#isScheduled || this.#flying !== null) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#flying === null && this.#gathering !== null) void this.#fly().catch(() => {});
    });
  }

  async #fly(): Promise<void> {
    const batch = this.#gathering;
    if (batch === null) return;
    this.#gathering = null;
    this.#flying = batch;
    try {
      const keys = [...batch.keys.values()].map((key) => key.toChange());
      await this.#options.commit({ events: batch.events, keys });
    } catch (cause) {
      this.#isClosed = true;
      this.#options.onFailure(cause);
      batch.durable.reject(cause);
      throw cause;
    } finally {
      this.#flying = null;
    }
    batch.durable.resolve();
    // Full batches do not wait for another turn; the rest goes with the next one.
    if (this.#gathering !== null) this.#schedule();
  }
}

function nameOf(type: string, id: string): string {
  return `${type}|${id}`;
}
