export interface ApiErrorParameters {
  /** Seconds. */
  readonly retry_after?: number;
  readonly migrate_to_chat_id?: number;
}

/** A refusal in the words of the Bot API. */
export class ApiError extends Error {
  readonly code: number;
  readonly parameters: ApiErrorParameters | undefined;

  constructor(code: number, description: string, parameters?: ApiErrorParameters) {
    super(description);
    this.name = "ApiError";
    this.code = code;
    this.parameters = parameters;
  }

  get body(): object {
    const parameters = this.parameters ? { parameters: this.parameters } : {};
    return { ok: false, error_code: this.code, description: this.message, ...parameters };
  }
}

export function badRequest(words: string): ApiError {
  return new ApiError(400, `Bad Request: ${words}`);
}

export function forbidden(words: string): ApiError {
  return new ApiError(403, `Forbidden: ${words}`);
}

export function tooManyRequests(seconds: number): ApiError {
  return new ApiError(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
}
