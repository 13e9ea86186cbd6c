/** Login failures that a test has ordered in advance. */
export class LoginFaults {
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
