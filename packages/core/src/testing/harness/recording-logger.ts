import { inspect } from "node:util";
import type { LogContext, Logger } from "../../index.ts";

/** Keeps everything that is logged, with its context, as one text. */
export class RecordingLogger implements Logger {
  readonly lines: string[];
  readonly #bindings: LogContext;

  constructor(lines: string[] = [], bindings: LogContext = {}) {
    this.lines = lines;
    this.#bindings = bindings;
  }

  get text(): string {
    return this.lines.join("\n");
  }

  debug(message: string, context: LogContext = {}): void {
    this.#write("debug", message, context);
  }

  info(message: string, context: LogContext = {}): void {
    this.#write("info", message, context);
  }

  warn(message: string, context: LogContext = {}): void {
    this.#write("warn", message, context);
  }

  error(message: string, context: LogContext = {}): void {
    this.#write("error", message, context);
  }

  child(bindings: LogContext): Logger {
    return new RecordingLogger(this.lines, { ...this.#bindings, ...bindings });
  }

  #write(level: string, message: string, context: LogContext): void {
    const facts = inspect({ ...this.#bindings, ...context }, { depth: 8 });
    this.lines.push(`${level} ${message} ${facts}`);
  }
}
