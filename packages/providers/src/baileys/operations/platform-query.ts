import { isOrquestaError, OrquestaError, waitFor } from "@orquesta/core";
import { readDisconnect } from "../disconnect-reason.ts";
import { notConnected } from "../not-connected.ts";

const CONNECTION_LOST = new Set([408, 428]);

export interface PlatformQueryParts {
  /** Fires when the session has ended. */
  readonly ended: AbortSignal;
  readonly isConnected: () => boolean;
}

/** Asks WhatsApp something through Baileys, and says in our words what comes of it. */
export class PlatformQuery {
  readonly #parts: PlatformQueryParts;

  constructor(parts: PlatformQueryParts) {
    this.#parts = parts;
  }

  /**
   * @throws OPERATION_REFUSED with WhatsApp's words, SESSION_CLOSED, ABORTED; GROUP_NOT_FOUND and
   *   CONTACT_NOT_FOUND pass as they are
   */
  async run<T>(what: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { ended, isConnected } = this.#parts;
    if (!isConnected()) throw notConnected();
    const working = work();
    // It goes on when nobody waits for it any more.
    working.catch(() => {});
    try {
      return await waitFor(working, what, { signal: AbortSignal.any([signal, ended]) });
    } catch (cause) {
      const code = refusalCodeOf(cause);
      if (code !== null) throw refused(wordsOf(cause), code, cause);
      if (ended.aborted || isLost(cause)) throw notConnected(cause);
      if (isOrquestaError(cause)) throw cause;
      const message = `${what} could not be done: ${wordsOf(cause)}`;
      throw new OrquestaError("OPERATION_REFUSED", message, { cause });
    }
  }
}

/** The code of WhatsApp's refusal, which Baileys puts into `data`; null when it is none. */
export function refusalCodeOf(error: unknown): number | null {
  const { cause } = error instanceof OrquestaError ? error : { cause: error };
  if (!(cause instanceof Error) || !("data" in cause)) return null;
  return typeof cause.data === "number" ? cause.data : null;
}

function refused(words: string, code: number, cause: unknown): OrquestaError {
  return new OrquestaError("OPERATION_REFUSED", `WhatsApp says no: ${words} (${code})`, { cause });
}

function wordsOf(error: unknown): string {
  return error instanceof Error && error.message !== "" ? error.message : "no reason was given";
}

function isLost(error: unknown): boolean {
  const { code } = readDisconnect(error);
  return code !== null && CONNECTION_LOST.has(code);
}
