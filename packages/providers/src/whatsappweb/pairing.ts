import {
  isOrquestaError,
  OrquestaError,
  type PairingCode,
  type PairingCodeOptions,
  type SessionContext,
  waitFor,
} from "@orquesta/core";
import type { Client } from "whatsapp-web.js";
import { type Ending, QR_TIMEOUT } from "./session-ending.ts";
import type { WhatsappWebSettings } from "./whatsappweb-options.ts";

/** WhatsApp Web shows a pairing code for three minutes; the library then asks for the next one. */
const CODE_MS = 180_000;
const ANSWER_TIMEOUT_MS = 20_000;
const PHONE = /^[1-9]\d{6,14}$/;

export interface PairingParts {
  readonly context: SessionContext<WhatsappWebSettings>;
  readonly qrTimeoutMs: number;
  /** Fires when the session has ended. */
  readonly ended: AbortSignal;
  finish(ending: Ending): void;
}

/** Links an account in one session: QR codes that change, and pairing codes. */
export class Pairing {
  readonly #parts: PairingParts;
  readonly #firstQr = Promise.withResolvers<void>();
  #shown = 0;
  #isAsking = false;
  #isLinked = false;

  constructor(parts: PairingParts) {
    this.#parts = parts;
  }

  get hasBegun(): boolean {
    return this.#shown > 0;
  }

  showQr(qr: string): void {
    const { context, qrTimeoutMs } = this.#parts;
    if (!this.#mayShow()) return;
    this.#firstQr.resolve();
    const expiresAt = new Date(Date.now() + qrTimeoutMs).toISOString();
    context.emit({ name: "pairing.qr", data: { qr, expiresAt } });
  }

  /** A code that replaces one that was not typed in time. The first one is the answer to who asked for it. */
  renewCode(code: string): void {
    if (this.#isAsking || !this.#mayShow()) return;
    this.#parts.context.emit({ name: "pairing.code", data: { code, expiresAt: codeExpiry() } });
  }

  /** The account is paired: there is nothing to ask for any more. */
  linked(): void {
    this.#isLinked = true;
  }

  /** @throws VALIDATION_FAILED, CHALLENGE_UNAVAILABLE, SESSION_CLOSED, ABORTED */
  async requestCode(
    client: () => Client | null,
    phone: string,
    { code, signal }: PairingCodeOptions,
  ): Promise<PairingCode> {
    checkPhone(phone);
    if (code !== undefined) throw invalid("code", "cannot be chosen: WhatsApp Web makes it");
    const { ended } = this.#parts;
    const either = AbortSignal.any([signal, ended]);
    this.#isAsking = true;
    try {
      await waitFor(this.#firstQr.promise, "waiting for WhatsApp Web", { signal: either });
      const asked = client();
      if (this.#isLinked || asked === null) throw alreadyPaired();
      const answer = asked.requestPairingCode(phone, true, CODE_MS);
      const wait = { signal: either, timeoutMs: ANSWER_TIMEOUT_MS };
      const given = await waitFor(answer, "WhatsApp Web's answer", wait);
      return { code: given, expiresAt: codeExpiry() };
    } catch (cause) {
      throw toCodeFailure(cause, ended.aborted);
    } finally {
      this.#isAsking = false;
    }
  }

  /** Whoever does not answer in time is not there. */
  #mayShow(): boolean {
    const { context, finish } = this.#parts;
    this.#shown += 1;
    if (this.#shown <= context.settings.qrLimit) return true;
    finish(QR_TIMEOUT);
    return false;
  }
}

export function alreadyPaired(): OrquestaError {
  return new OrquestaError("CHALLENGE_UNAVAILABLE", "the account is paired already");
}

function codeExpiry(): string {
  return new Date(Date.now() + CODE_MS).toISOString();
}

function checkPhone(phone: string): void {
  if (!PHONE.test(phone)) throw invalid("phone", "must be 7 to 15 digits with the country code");
}

function toCodeFailure(cause: unknown, isOver: boolean): OrquestaError {
  if (isOver) {
    const message = "the session ended before it had a pairing code";
    return new OrquestaError("SESSION_CLOSED", message, { cause });
  }
  if (isOrquestaError(cause) && cause.code !== "TIMED_OUT") return cause;
  const message = isOrquestaError(cause)
    ? "WhatsApp did not answer the request for a pairing code; try again"
    : `WhatsApp refused to give a pairing code${whyOf(cause)}; try later, or pair by QR code`;
  return new OrquestaError("CHALLENGE_UNAVAILABLE", message, { cause });
}

/** WhatsApp's word for it, such as `rate-overlimit`. */
function whyOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return /^[a-z-]{1,40}$/.test(text) ? ` (${text})` : "";
}

function invalid(field: string, message: string): OrquestaError {
  return new OrquestaError("VALIDATION_FAILED", `${field}: ${message}`, {
    details: [{ field, message }],
  });
}
