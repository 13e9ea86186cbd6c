import { FakeWhatsAppError } from "./fake-whatsapp-error.ts";

/** How long to wait, and who may call it off. */
export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

type DeadlineCode = "ABORTED" | "SERVER_CLOSED" | "TIMEOUT";
type Failure = new (code: DeadlineCode, message: string, options?: ErrorOptions) => Error;

type Subscribe<T> = (
  resolve: (value: T) => void,
  reject: (error: Error) => void,
) => (() => void) | undefined;

/**
 * Waits for `subscribe` to call back. Whatever happens (result, error, timeout, abort) the timer
 * is cleared and the function that `subscribe` returned is called once.
 */
export function withDeadline<T>(
  what: string,
  { timeoutMs = 10_000, signal }: WaitOptions,
  subscribe: Subscribe<T>,
  Failure: Failure = FakeWhatsAppError,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let release: (() => void) | undefined;
    let settled = false;
    const finish = (settle: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      release?.();
      settle();
    };
    const fail = (error: Error): void => finish(() => reject(error));
    const onAbort = (): void => fail(abortError(Failure, what, signal?.reason));
    const timer = setTimeout(
      () => fail(new Failure("TIMEOUT", `${what}: nothing within ${timeoutMs} ms`)),
      timeoutMs,
    );
    if (signal?.aborted) return onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    release = subscribe((value) => finish(() => resolve(value)), fail);
    // `subscribe` may have settled before it returned its release function.
    if (settled) release?.();
  });
}

/** The same options, called off as well when the server closes. */
export function untilClosed(options: WaitOptions, closed: AbortSignal): WaitOptions {
  return {
    ...options,
    signal: options.signal ? AbortSignal.any([options.signal, closed]) : closed,
  };
}

function abortError(Failure: Failure, what: string, cause: unknown): Error {
  const isClosed = cause instanceof Failure && "code" in cause && cause.code === "SERVER_CLOSED";
  if (isClosed) return new Failure("SERVER_CLOSED", `${what}: ${cause.message}`, { cause });
  return new Failure("ABORTED", `${what}: aborted`, { cause });
}
