import type { LogContext, Logger, LogLevel } from "@orquesta/core";
import pino, { type DestinationStream } from "pino";
import { readableLines } from "./readable-lines.ts";

export interface ServerLoggerOptions {
  readonly level: LogLevel;
  /** Lines for people instead of JSON. */
  readonly readable: boolean;
  /** @default standard output */
  readonly destination?: DestinationStream | undefined;
}

/** Never in a log, whoever puts them into a context by mistake. */
const REDACTED = ["apiKey", "api_key", "authorization", "headers", "password", "secret", "token"];

/** The engine's logger on pino, which takes the context first. */
function toLogger(target: pino.Logger): Logger {
  const write = (level: LogLevel) => (message: string, context?: LogContext) =>
    target[level](context ?? {}, message);
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (bindings) => toLogger(target.child(bindings)),
  };
}

/** One JSON object a line, or readable lines. */
export function createServerLogger({ level, readable, destination }: ServerLoggerOptions): Logger {
  const out = destination ?? pino.destination({ fd: 1, sync: true });
  const target = pino(
    {
      level,
      base: null,
      messageKey: "message",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED.flatMap((key) => [key, `*.${key}`]), censor: "[redacted]" },
      serializers: { error: pino.stdSerializers.err, cause: pino.stdSerializers.err },
    },
    readable ? readableLines(out) : out,
  );
  return toLogger(target);
}
