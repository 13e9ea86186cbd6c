import { type ErrorCode, isOrquestaError, OrquestaError, waitFor } from "@orquesta/core";
import type { IncomingCalls } from "../messages/incoming/incoming-calls.ts";
import type { MessagingParts } from "../messages/messaging-parts.ts";
import type { People } from "../messages/people.ts";

export interface OperationParts extends MessagingParts {
  readonly people: People;
  readonly calls: IncomingCalls;
}

const ANSWER_TIMEOUT_MS = 30_000;

/** What puppeteer says when it is the way to the page that failed. */
const LOST_PAGE = /target closed|session closed|detached|protocol error|connection closed/i;

/**
 * Asks the page, for as long as anybody wants to know.
 * @throws SESSION_CLOSED, ABORTED, TIMED_OUT, OPERATION_REFUSED with WhatsApp's words, what `work` throws
 */
export async function ask<T>(
  { ended }: MessagingParts,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  if (ended.aborted) throw closed();
  try {
    const wait = { signal: AbortSignal.any([signal, ended]), timeoutMs: ANSWER_TIMEOUT_MS };
    return await waitFor(work(), "asking WhatsApp Web", wait);
  } catch (cause) {
    if (ended.aborted || LOST_PAGE.test(String(cause))) throw closed(cause);
    if (isOrquestaError(cause)) throw cause;
    throw refused(wordsOf(cause), { cause });
  }
}

export function refused(words: string, options: ErrorOptions = {}): OrquestaError {
  return new OrquestaError("OPERATION_REFUSED", `WhatsApp refuses: ${words}`, options);
}

/** What is thrown as the answer of `work`. */
export function missing(code: ErrorCode, message: string): OrquestaError {
  return new OrquestaError(code, message);
}

function closed(cause?: unknown): OrquestaError {
  return new OrquestaError("SESSION_CLOSED", "the session is over", { cause });
}

function wordsOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return (text.split("\n")[0] ?? "").slice(0, 200);
}
