import type { Logger } from "@orquesta/core";
import type { Complaints } from "./orders.ts";

const MAX_EXAMPLES = 10;
const MAX_KINDS = 50;

/** Writes down what goes wrong in this process beside its traffic. */
export class ComplaintBook {
  readonly logger: Logger;
  readonly #examples: string[] = [];
  readonly #errors: Record<string, number> = {};
  #unhandledRejections = 0;
  #warnings = 0;

  constructor() {
    process.on("unhandledRejection", (reason) => {
      this.#unhandledRejections += 1;
      this.#keep(`unhandled rejection: ${traceOf(reason)}`);
    });
    process.on("warning", (warning) => {
      // Node says so of what it may change itself.
      if (warning.name === "ExperimentalWarning" || warning.name === "DeprecationWarning") return;
      this.#warnings += 1;
      this.#keep(`warning: ${traceOf(warning)}`);
    });
    const logger: Logger = {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (message, context = {}) => this.#count(message, context["error"]),
      child: () => logger,
    };
    this.logger = logger;
  }

  read(): Complaints {
    return {
      unhandledRejections: this.#unhandledRejections,
      warnings: this.#warnings,
      examples: this.#examples,
      errors: this.#errors,
    };
  }

  #count(message: string, error: unknown): void {
    const kind = error === undefined ? message : `${message}: ${String(error)}`;
    if (!(kind in this.#errors) && Object.keys(this.#errors).length >= MAX_KINDS) return;
    this.#errors[kind] = (this.#errors[kind] ?? 0) + 1;
  }

  #keep(example: string): void {
    if (this.#examples.length < MAX_EXAMPLES) this.#examples.push(example);
  }
}

function traceOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
