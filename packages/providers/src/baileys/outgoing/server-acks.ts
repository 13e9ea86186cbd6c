import { isOrquestaError, OrquestaError, waitFor } from "@orquesta/core";
import type { ConnectionEvidence } from "../connection-evidence.ts";
import { REACH_OUT_LOCKED, refusalOf } from "../refusal.ts";

/** The server answers in one round trip. How often to ask ourselves whether it still will. */
const LOOK_EVERY_MS = 5_000;

/**
 * The server's answers to messages of ours.
 *
 * Bytes that left may still be lost with the connection, and nobody would notice: so a send waits
 * for the answer, and is unsure when the connection ends before. The same id may then be sent again.
 * Where the server has answered a question that was asked after the message, it has the message too,
 * whether it says so or not: the connection keeps their order.
 */
export class ServerAcks {
  readonly #connection: ConnectionEvidence;
  readonly #waiting = new Map<string, PromiseWithResolvers<string | null>>();

  constructor(connection: ConnectionEvidence) {
    this.#connection = connection;
  }

  /** To be called before the message leaves. */
  expect(messageId: string): ExpectedAck {
    const answer = Promise.withResolvers<string | null>();
    this.#waiting.set(messageId, answer);
    return {
      wait: async (signal) => {
        const error = await this.#answer(answer.promise, signal);
        if (error === null) return;
        const code = error === REACH_OUT_LOCKED ? "SEND_RESTRICTED" : "SEND_REJECTED";
        throw new OrquestaError(code, refusalOf(error));
      },
      forget: () => {
        if (this.#waiting.get(messageId) === answer) this.#waiting.delete(messageId);
      },
    };
  }

  /** @returns whether somebody was waiting for it */
  settle(messageId: string, error: string | null): boolean {
    if (error === null) this.#connection.acknowledge();
    const answer = this.#waiting.get(messageId);
    answer?.resolve(error);
    return answer !== undefined;
  }

  /** What the server says about a message that has left; null also when it says nothing and has it. */
  async #answer(answer: Promise<string | null>, signal: AbortSignal): Promise<string | null> {
    const leftAt = Date.now();
    for (;;) {
      try {
        return await waitFor(answer, "send", { signal, timeoutMs: LOOK_EVERY_MS });
      } catch (error) {
        if (!isOrquestaError(error, "TIMED_OUT")) throw error;
        if (this.#connection.hasAnsweredSince(leftAt)) return null;
      }
    }
  }
}

export interface ExpectedAck {
  /** @throws SEND_RESTRICTED, SEND_REJECTED, ABORTED */
  wait(signal: AbortSignal): Promise<void>;
  forget(): void;
}
