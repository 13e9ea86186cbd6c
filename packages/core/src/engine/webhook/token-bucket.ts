/** How much may be saved up, in seconds: late timers lose no pace, and a second never holds much more than its share. */
const SAVED_SECONDS = 0.05;

/** Spreads what begins over time. */
export class TokenBucket {
  #tokens = 1;
  #at = 0;

  /**
   * Takes the right to begin one more at `now`, Unix ms.
   * @param perSecond may change from call to call; 0 = no limit
   * @returns 0 when it was taken, or the ms until there will be one
   */
  take(perSecond: number, now: number): number {
    if (perSecond === 0) return 0;
    const most = Math.max(1, perSecond * SAVED_SECONDS);
    // The clock may be set back.
    const passedMs = Math.max(0, now - this.#at);
    this.#tokens = Math.min(most, this.#tokens + (passedMs * perSecond) / 1000);
    this.#at = now;
    if (this.#tokens < 1) return Math.max(1, Math.ceil(((1 - this.#tokens) * 1000) / perSecond));
    this.#tokens -= 1;
    return 0;
  }
}
