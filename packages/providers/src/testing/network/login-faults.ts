/** What goes wrong at pairing and login because a test has ordered it. */
export class LoginFaults {
  /** Whether device identities are signed by somebody else than the account. */
  forgesAccountSignatures = false;
  #left = 0;
  #reason = 503;

  order(count: number, reason: number): void {
    this.#left = Math.max(0, count);
    this.#reason = reason;
  }

  /** The reason with which this login fails; null when it does not. */
  take(): number | null {
    if (this.#left === 0) return null;
    this.#left -= 1;
    return this.#reason;
  }
}
