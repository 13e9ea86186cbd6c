import { isOrquestaError, NO_EVIDENCE, type SessionEvidence, waitFor } from "@orquesta/core";
import { askPage, type PageAnswer, type WebPage } from "./page-probe.ts";
import type { Pulsed } from "./pulse-wheel.ts";

/** A page that loads something else cannot answer, but does not stay like that. */
const FAILURES_IN_A_ROW = 3;

export interface PagePulseParts {
  readonly page: WebPage;
  readonly timeoutMs: number;
  readonly ended: AbortSignal;
  onAnswer(answer: PageAnswer): void;
  onSilence(error: unknown): void;
}

/** Asks the page of one session whether it lives, one question at a time. */
export class PagePulse implements Pulsed {
  readonly #parts: PagePulseParts;
  #isAsking = false;
  #failures = 0;
  #evidence: SessionEvidence = NO_EVIDENCE;

  constructor(parts: PagePulseParts) {
    this.#parts = parts;
  }

  get evidence(): SessionEvidence {
    return this.#evidence;
  }

  /** Something came from the page by itself. */
  seen(): void {
    this.#evidence = { ...this.#evidence, lastSeenAt: Date.now() };
  }

  /** The platform has confirmed a message. */
  acknowledged(): void {
    const now = Date.now();
    this.#evidence = { ...this.#evidence, lastSeenAt: now, lastAckAt: now };
  }

  pulse(): void {
    if (!this.#isAsking && !this.#parts.ended.aborted) void this.#ask();
  }

  async #ask(): Promise<void> {
    const { page, timeoutMs, ended, onAnswer, onSilence } = this.#parts;
    this.#isAsking = true;
    const askedAt = Date.now();
    try {
      const wait = { timeoutMs, signal: ended };
      const answer = await waitFor(askPage(page), "the answer of the page", wait);
      const now = Date.now();
      this.#failures = 0;
      this.#evidence = {
        ...this.#evidence,
        lastSeenAt: now,
        lastPingAt: now,
        pingRoundTripMs: now - askedAt,
      };
      onAnswer(answer);
    } catch (error) {
      this.#failures += 1;
      const isOver = isOrquestaError(error, "TIMED_OUT") || this.#failures >= FAILURES_IN_A_ROW;
      if (isOver && !ended.aborted) onSilence(error);
    } finally {
      this.#isAsking = false;
    }
  }
}
