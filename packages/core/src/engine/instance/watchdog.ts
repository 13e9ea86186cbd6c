import type { WatchdogOptions } from "./watchdog-options.ts";

/** A session that is expected to show signs of life. */
export interface Watched {
  /** Unix ms from which on it counts as dead; Infinity while nothing is expected of it. */
  overdueFrom(): number;
  /** It does: called until the session is taken off the watch. */
  onOverdue(): void;
}

const TICK_MS = 5_000;
/** A tick that comes so late was not late alone: what arrived meanwhile waits to be read. */
const LATE_MS = TICK_MS;

/**
 * Finds sessions that are dead without knowing it: half-open connections, libraries that hang. One
 * timer for all sessions of a node; none while there is no session.
 */
export class Watchdog {
  readonly options: WatchdogOptions;
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | null = null;
  #lastTickAt = 0;

  constructor(options: WatchdogOptions) {
    this.options = options;
  }

  add(session: Watched): void {
    this.#watched.add(session);
    if (this.#timer) return;
    this.#lastTickAt = Date.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  delete(session: Watched): void {
    this.#watched.delete(session);
    if (this.#watched.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    const now = Date.now();
    const isLate = now - this.#lastTickAt > TICK_MS + LATE_MS;
    this.#lastTickAt = now;
    if (isLate) return;
    for (const session of this.#watched) if (session.overdueFrom() <= now) session.onOverdue();
  }
}
