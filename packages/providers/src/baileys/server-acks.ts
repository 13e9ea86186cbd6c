import { isOrquestaError, OrquestaError, waitFor } from "@orquesta/core";
import { refusalOf } from "./refusal.ts";

/** The server answers in one round trip; one that says nothing for so long on a living connection has it. */
const ACK_TIMEOUT_MS = 5_000;

/**
 * The server's answers to messages of ours.
 *
 * Bytes that left may still be lost with the connection, and nobody would notice: so a send waits
 * for the answer, and is unsure when the connection ends before. The same id may then be sent again.
 */
export class ServerAcks {
  readonly #onTaken: () => void;
  readonly #waiting = new Map<string, PromiseWithResolvers<string | null>>();

  /** @param onTaken the server has taken a message of ours */
  constructor(onTaken: () => void = () => {}) {
    this.#onTaken = onTaken;
  }

  /** To be called before the message leaves. */
  expect(messageId: string): ExpectedAck {
    const answer = Promise.withResolvers<string | null>();
    this.#waiting.set(messageId, answer);
    return {
      wait: async (signal) => {
        const error = await answerOrNull(answer.promise, signal);
        if (error === null) return;
        throw new OrquestaError("SEND_REJECTED", refusalOf(error));
      },
      forget: () => {
        if (this.#waiting.get(messageId) === answer) this.#waiting.delete(messageId);
      },
    };
  }

  /** @returns whether somebody was waiting for it */
  settle(messageId: string, error: string | null): boolean {
    if (error === null) this.#onTaken();
    const answer = this.#waiting.get(messageId);
    answer?.resolve(error);
    return answer !== undefined;
  }
}

export interface ExpectedAck {
  /** @throws SEND_REJECTED, ABORTED */
  wait(signal: AbortSignal): Promise<void>;
  forget(): void;
}

async function answerOrNull(
  answer: Promise<string | null>,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    return await waitFor(answer, "send", { signal, timeoutMs: ACK_TIMEOUT_MS });
  } catch (error) {
    if (isOrquestaError(error, "TIMED_OUT")) return null;
    throw error;
  }
}
