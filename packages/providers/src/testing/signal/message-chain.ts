import { hmac } from "./key-derivation.ts";
import { SignalError } from "./signal-error.ts";

const MESSAGE_SEED = Buffer.of(1);
const CHAIN_SEED = Buffer.of(2);
const MAX_AHEAD = 2_000;

/** A message key that is not yet taken: nothing changes in the chain until `commit` is called. */
export interface ReservedKey {
  readonly seed: Buffer;
  commit(): void;
}

/** One sending or receiving chain: every counter yields its key exactly once. */
export class MessageChain {
  #key: Buffer;
  #next: number;
  readonly #skipped = new Map<number, Buffer>();

  constructor(key: Buffer, next = 0) {
    this.#key = key;
    this.#next = next;
  }

  get next(): number {
    return this.#next;
  }

  get key(): Buffer {
    return this.#key;
  }

  /** The key of the next message to send. */
  advance(): { readonly counter: number; readonly seed: Buffer } {
    const counter = this.#next;
    const seed = hmac(this.#key, MESSAGE_SEED);
    this.#key = hmac(this.#key, CHAIN_SEED);
    this.#next += 1;
    return { counter, seed };
  }

  /** The key of a received message; refuses a counter that was used before. */
  reserve(counter: number): ReservedKey {
    if (counter < this.#next) return this.#reserveSkipped(counter);
    if (counter - this.#next > MAX_AHEAD) {
      throw new SignalError("too_far_in_the_future", `counter ${counter}, expected ${this.#next}`);
    }
    let key = this.#key;
    const skipped: [number, Buffer][] = [];
    for (let at = this.#next; at < counter; at += 1) {
      skipped.push([at, hmac(key, MESSAGE_SEED)]);
      key = hmac(key, CHAIN_SEED);
    }
    const seed = hmac(key, MESSAGE_SEED);
    const commit = (): void => {
      for (const [at, old] of skipped) this.#keep(at, old);
      this.#key = hmac(key, CHAIN_SEED);
      this.#next = counter + 1;
    };
    return { seed, commit };
  }

  #reserveSkipped(counter: number): ReservedKey {
    const seed = this.#skipped.get(counter);
    if (!seed) throw new SignalError("replayed_counter", `counter ${counter} was used before`);
    return { seed, commit: () => this.#skipped.delete(counter) };
  }

  #keep(counter: number, seed: Buffer): void {
    this.#skipped.set(counter, seed);
    if (this.#skipped.size <= MAX_AHEAD) return;
    for (const oldest of this.#skipped.keys()) {
      this.#skipped.delete(oldest);
      return;
    }
  }
}
