export type LogLevel = "debug" | "info" | "warn" | "error";

export type LogContext = Readonly<Record<string, unknown>>;

/**
 * What the engine logs through. Messages are static lower-case sentences, everything variable is in
 * `context`. Never logged: QR strings, pairing codes, tokens, keys, message bodies.
 */
export interface Logger {
  debug(message: string, context?: LogContext): void;
  info(message: string, context?: LogContext): void;
  warn(message: string, context?: LogContext): void;
  error(message: string, context?: LogContext): void;
  /** A logger that adds `bindings` to every line. */
  child(bindings: LogContext): Logger;
}

/** Drops everything: the default of the library, which never writes to a console by itself. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
