import { isOrquestaError, OrquestaError } from "@orquesta/core";

/** What puppeteer says when it is the way to the page that failed. */
const LOST_PAGE =
  /target closed|session closed|detached|protocol error|timed out|connection closed|execution context|navigat/i;

/**
 * Says of a failed send what the outbox has to know.
 * @param wasShown whether the page has begun to send
 */
export function toSendFailure(cause: unknown, wasShown: boolean): OrquestaError {
  if (isOrquestaError(cause, "SEND_REJECTED") || isOrquestaError(cause, "MEDIA_NOT_FOUND")) {
    return new OrquestaError("SEND_REJECTED", cause.message, { cause });
  }
  const isLost = isOrquestaError(cause) || LOST_PAGE.test(String(cause));
  if (wasShown || isLost) {
    return new OrquestaError("SEND_OUTCOME_UNKNOWN", "nobody knows whether it was sent", { cause });
  }
  return new OrquestaError("SEND_REJECTED", "WhatsApp Web did not take the message", { cause });
}
