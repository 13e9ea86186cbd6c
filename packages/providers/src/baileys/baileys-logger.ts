import type { Logger } from "@orquesta/core";

/**
 * What Baileys logs through. Baileys hands over keys, stanzas and whole sessions beside its words, so
 * only the words of warnings and errors go on; and templates hold addresses, so digits are masked.
 */
export class BaileysLogger {
  /** Anything but "trace" and "debug": those make Baileys render every stanza. */
  readonly level = "warn";
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  child(): BaileysLogger {
    return this;
  }

  trace(): void {}
  debug(): void {}
  info(): void {}

  warn(first: unknown, message?: unknown): void {
    this.#logger.debug(wordsOf(first, message));
  }

  error(first: unknown, message?: unknown): void {
    // How the session ended is reported with its reason, and some ends are normal, as after pairing.
    if (message === "stream errored out") this.#logger.debug(wordsOf(first, message));
    else this.#logger.warn(wordsOf(first, message));
  }
}

function wordsOf(first: unknown, message: unknown): string {
  const words = typeof message === "string" ? message : first;
  if (typeof words !== "string") return "baileys";
  return `baileys: ${words.slice(0, 200).replaceAll(/\d{5,}/g, "…")}`;
}
