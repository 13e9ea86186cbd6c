import { OrquestaError } from "./orquesta-error.ts";

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/**
 * Waits for `promise`, for the signal or for the time, whichever is first. The promise itself goes on.
 * @throws ABORTED when the signal fires, TIMED_OUT after `timeoutMs`; leaves no timer and no listener.
 */
export async function waitFor<T>(
  promise: Promise<T>,
  what: string,
  { signal, timeoutMs }: WaitOptions,
): Promise<T> {
  // Nobody else may hear of its end, and a rejection that nobody hears ends the process.
  if (signal?.aborted) promise.catch(() => {});
  assertNotAborted(what, { signal });
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const onAbort = () => signal && reject(aborted(what, signal));
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          reject(new OrquestaError("TIMED_OUT", `${what} took longer than ${timeoutMs} ms`));
        }, timeoutMs);
  try {
    return await Promise.race([promise, ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** @throws ABORTED */
export function assertNotAborted(what: string, { signal }: Pick<WaitOptions, "signal">): void {
  if (signal?.aborted) throw aborted(what, signal);
}

function aborted(what: string, signal: AbortSignal): OrquestaError {
  return new OrquestaError("ABORTED", `${what} was aborted`, { cause: signal.reason });
}
