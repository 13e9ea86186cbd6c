import { v7 as uuidv7 } from "uuid";

/** Lower than every id. */
export const BEFORE_ALL_IDS = "00000000-0000-0000-0000-000000000000";

/**
 * Ids of events: UUIDv7 (RFC 9562), each greater as text than every one that was made or observed
 * before. So the ids of one writer are in the order of its commits, also when its clock is set back or
 * the process starts anew: their time is a position, not the time of day.
 */
export class EventIds {
  #ms = 0;
  #sequence = 0;

  next(now: number = Date.now()): string {
    if (now > this.#ms) {
      this.#ms = now;
      this.#sequence = randomSequence();
    } else {
      this.#sequence += 1;
    }
    return uuidv7({ msecs: this.#ms, seq: this.#sequence });
  }

  /** Somebody else's id: what is made from now on is greater. */
  observe(id: string): void {
    const ms = timeOfId(id);
    if (ms < this.#ms) return;
    this.#ms = ms + 1;
    this.#sequence = randomSequence();
  }
}

/** Below half of the 32 bits there are, so that it never runs over within one ms. */
function randomSequence(): number {
  return Math.floor(Math.random() * 2 ** 31);
}

/** Unix ms that a UUIDv7 begins with. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The lowest id of a Unix ms, or of the beginning of time. */
export function lowestIdAt(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
