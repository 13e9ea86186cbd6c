/**
 * What became of a call that did not succeed. `refused`: the Bot API said no. `not_sent`: nothing left
 * this machine. `unknown`: the answer was lost, or was none of the Bot API.
 */
export type CallOutcome = "refused" | "not_sent" | "unknown";

export interface BotApiFailure {
  readonly method: string;
  readonly outcome: CallOutcome;
  /** HTTP status, as the Bot API repeats it in its answer; null when there was no answer. */
  readonly status: number | null;
  /** In the words of the Bot API, or of the network; without the token. */
  readonly description: string;
  /** With 429: how long it wants to be left alone. */
  readonly retryAfterMs?: number;
  /** The group became a supergroup with this id. */
  readonly migratedTo?: number;
  /** The caller did not want to wait any longer. */
  readonly aborted?: true;
  readonly proxyFailed?: true;
}

/**
 * A call of the Bot API that failed. It holds neither the token nor what was sent: telegraf's own errors
 * hold both, so they are never passed on.
 */
export class BotApiError extends Error {
  readonly failure: BotApiFailure;

  constructor(failure: BotApiFailure) {
    super(`${failure.method}: ${failure.description}`);
    this.name = "BotApiError";
    this.failure = failure;
  }
}

/** The failure, when the error is one of the Bot API. */
export function failureOf(error: unknown): BotApiFailure | null {
  return error instanceof BotApiError ? error.failure : null;
}

/** Whether the Bot API does not know the token: 404 is what a malformed one gets. */
export function isTokenRefused(error: unknown): boolean {
  const failure = failureOf(error);
  if (failure?.outcome !== "refused") return false;
  return failure.status === 401 || failure.status === 404;
}
