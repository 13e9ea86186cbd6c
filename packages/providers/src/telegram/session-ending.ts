import { isOrquestaError, type SessionChange } from "@orquesta/core";
import { failureOf, isTokenRefused } from "./api/bot-api-error.ts";

export type Ending = Omit<Extract<SessionChange, { readonly state: "closed" }>, "state" | "cause">;

/** Two who take turns would each get half of the messages: whoever came last looks now and then. */
const CONFLICT_RETRY_MS = 15_000;

/** What the end of a session means for the next one. */
export function endingOf(error: unknown): Ending {
  if (isTokenRefused(error)) return { afterwards: "fail", reason: "bad_token" };
  if (isOrquestaError(error, "SESSION_KEYS_UNREADABLE")) {
    return { afterwards: "fail", reason: "bad_session" };
  }
  const failure = failureOf(error);
  if (failure === null) return { afterwards: "reconnect", reason: "crashed" };
  const { status, outcome, proxyFailed, retryAfterMs } = failure;
  if (proxyFailed) return { afterwards: "reconnect", reason: "proxy_failed" };
  if (status === 409) {
    return {
      afterwards: "reconnect",
      reason: "polled_elsewhere",
      retryAfterMs: CONFLICT_RETRY_MS,
    };
  }
  if (status === 429) {
    return {
      afterwards: "reconnect",
      reason: "rate_limited",
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
  }
  if (status !== null) return { afterwards: "reconnect", reason: "unavailable" };
  const reason = outcome === "not_sent" ? "connection_refused" : "connection_lost";
  return { afterwards: "reconnect", reason };
}
