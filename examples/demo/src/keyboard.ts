import { stdin } from "node:process";

const CTRL_C = "\u0003";

/** Keys as they are pressed in a terminal, or as they come through a pipe. */
export class Keyboard {
  readonly isTerminal = stdin.isTTY === true;
  readonly #pressed: string[] = [];
  #waiting: ((key: string | null) => void) | null = null;
  #ended = false;

  constructor() {
    if (this.isTerminal) stdin.setRawMode(true);
    stdin.setEncoding("utf8");
    stdin.on("data", (text: string) => {
      for (const key of text) this.#take(key);
    });
    stdin.once("end", () => this.#end());
    stdin.once("error", () => this.#end());
  }

  /** The next key; null when no more can come. */
  next(): Promise<string | null> {
    const key = this.#pressed.shift();
    if (key !== undefined) return Promise.resolve(key);
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  close(): void {
    if (this.isTerminal) stdin.setRawMode(false);
    stdin.removeAllListeners();
    stdin.pause();
  }

  #take(character: string): void {
    // The terminal does not make a signal of it while keys come one by one.
    if (character === CTRL_C) process.kill(process.pid, "SIGINT");
    const key = character.toLowerCase();
    // A line that comes through a pipe ends with something that nobody pressed.
    if (!this.isTerminal && /\s/.test(key)) return;
    if (this.#waiting) this.#answer(key);
    else this.#pressed.push(key);
  }

  #end(): void {
    this.#ended = true;
    this.#answer(null);
  }

  #answer(key: string | null): void {
    this.#waiting?.(key);
    this.#waiting = null;
  }
}
