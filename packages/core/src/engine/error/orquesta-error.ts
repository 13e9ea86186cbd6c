import { ERROR_CODES, type ErrorCode } from "./error-codes.ts";

export interface ErrorDetail {
  /** Path of the offending field, such as `settings.bot_token`. */
  readonly field: string;
  readonly message: string;
}

export interface OrquestaErrorOptions {
  readonly cause?: unknown;
  /** One entry per offending field; only with VALIDATION_FAILED. */
  readonly details?: readonly ErrorDetail[];
}

/** The one error class. `code` is stable; `message` is for people and never holds a secret. */
export class OrquestaError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[];

  constructor(code: ErrorCode, message: string, options: OrquestaErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "OrquestaError";
    this.code = code;
    this.details = options.details ?? [];
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
}

export function isOrquestaError(error: unknown, code?: ErrorCode): error is OrquestaError {
  return error instanceof OrquestaError && (code === undefined || error.code === code);
}
