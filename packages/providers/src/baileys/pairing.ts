import {
  isOrquestaError,
  OrquestaError,
  type PairingCode,
  type PairingCodeOptions,
  type SessionChange,
  type SessionContext,
  waitFor,
} from "@orquesta/core";
import type { BinaryNode, WASocket } from "@whiskeysockets/baileys";
import type { BoundedMap } from "../shared/bounded-map/bounded-map.ts";
import type { BaileysSettings } from "./baileys-options.ts";
import type { Ending } from "./disconnect-reason.ts";
import { checkPhone, parsePairingCode, requestPairingCode } from "./pairing-code.ts";

/** How long Baileys, as WhatsApp Web, shows a QR code: the first, and each of the others. */
const FIRST_QR_MS = 60_000;
const NEXT_QR_MS = 20_000;
/** WhatsApp Web shows a pairing code for three minutes. */
const CODE_MS = 180_000;
/** WhatsApp sends the first QR code within a second; without one there is nothing to wait for. */
const NO_CHALLENGE_MS = 30_000;
/** Both of the account's ways to ask for a passkey (WhiskeySockets/Baileys#2672, #2696). */
const PASSKEY_NOTIFICATIONS = ["passkey_prologue_request", "crsc_continuation"];

export interface PairingParts {
  readonly context: SessionContext<BaileysSettings>;
  readonly socket: WASocket;
  /** How long a QR code is shown; undefined: as WhatsApp Web does. */
  readonly qrTimeoutMs: number | undefined;
  /** QR codes that sessions before this one have shown in vain, by instance. */
  readonly qrCounts: BoundedMap<string, number>;
  /** Fires when the session has ended. */
  readonly ended: AbortSignal;
  report(change: SessionChange): void;
  finish(ending: Ending): void;
}

/** Links an account in one session: QR codes that change, pairing codes, and what cannot be answered. */
export class Pairing {
  readonly #parts: PairingParts;
  readonly #firstQr = Promise.withResolvers<void>();
  readonly #noChallenge: NodeJS.Timeout;
  #qrCount: number;
  #shownHere = 0;
  #refCount = 0;
  /** Unix ms when the last QR code of this connection has been shown: then the server ends it. */
  #endsAt = 0;
  #codeUntil = 0;
  #isLinked = false;

  constructor(parts: PairingParts) {
    const { socket, context, qrCounts, ended } = parts;
    this.#parts = parts;
    this.#qrCount = qrCounts.get(context.instanceId) ?? 0;
    qrCounts.delete(context.instanceId);
    this.#noChallenge = setTimeout(() => this.#missChallenge(), NO_CHALLENGE_MS).unref();
    ended.addEventListener("abort", () => clearTimeout(this.#noChallenge), { once: true });
    // Before Baileys shows the first one, which it does when it has answered.
    socket.ws.on("CB:iq,type:set,pair-device", (iq: BinaryNode) => this.#countRefs(iq));
    for (const type of PASSKEY_NOTIFICATIONS) {
      socket.ws.on(`CB:notification,type:${type}`, () => this.#demandPasskey());
    }
    socket.ev.on("connection.update", ({ qr, isNewLogin }) => {
      if (ended.aborted) return;
      if (qr) this.#showQr(qr);
      if (isNewLogin) this.#link();
    });
  }

  /** @throws VALIDATION_FAILED, CHALLENGE_UNAVAILABLE, SESSION_CLOSED, ABORTED */
  async requestCode(phone: string, { code, signal }: PairingCodeOptions): Promise<PairingCode> {
    checkPhone(phone);
    const chosen = code === undefined ? undefined : parsePairingCode(code);
    const { socket, ended } = this.#parts;
    const either = AbortSignal.any([signal, ended]);
    try {
      // Asked for earlier, Baileys would log in with a half-made account.
      await waitFor(this.#firstQr.promise, "waiting for the connection", { signal: either });
      if (this.#isLinked) throw alreadyPaired();
      this.#renewIfShort();
      const given = await requestPairingCode(socket, phone, chosen, either);
      this.#codeUntil = Math.min(Date.now() + CODE_MS, this.#endsAt);
      return { code: given, expiresAt: new Date(this.#codeUntil).toISOString() };
    } catch (cause) {
      if (ended.aborted) throw closed(cause);
      if (!isOrquestaError(cause, "TIMED_OUT")) throw cause;
      const message = "WhatsApp did not answer the request for a pairing code; try again";
      throw new OrquestaError("CHALLENGE_UNAVAILABLE", message, { cause });
    }
  }

  /** How the session goes on when its QR codes are used up and there may be more; otherwise null. */
  amend({ reason }: Ending): Ending | null {
    const { context, qrCounts } = this.#parts;
    if (reason !== "qr_timeout" || this.#qrCount >= context.settings.qrLimit) return null;
    qrCounts.set(context.instanceId, this.#qrCount);
    return { afterwards: "restart", reason: "qr_timeout" };
  }

  #countRefs({ content }: BinaryNode): void {
    const [pairDevice] = Array.isArray(content) ? content : [];
    const refs = Array.isArray(pairDevice?.content) ? pairDevice.content : [];
    this.#refCount = refs.filter(({ tag }) => tag === "ref").length;
  }

  #showQr(qr: string): void {
    const { context, qrTimeoutMs, report, finish } = this.#parts;
    const now = Date.now();
    if (this.#qrCount >= context.settings.qrLimit && this.#codeUntil <= now) {
      finish({ afterwards: "stop", reason: "qr_timeout" });
      return;
    }
    const [first, next] = [qrTimeoutMs ?? FIRST_QR_MS, qrTimeoutMs ?? NEXT_QR_MS];
    if (this.#shownHere === 0) {
      clearTimeout(this.#noChallenge);
      this.#endsAt = now + first + (this.#refCount - 1) * next;
      report({ state: "pairing" });
      this.#firstQr.resolve();
    }
    const expiresAt = new Date(now + (this.#shownHere === 0 ? first : next)).toISOString();
    this.#shownHere += 1;
    this.#qrCount += 1;
    context.emit({ name: "pairing.qr", data: { qr, expiresAt } });
  }

  /** A code dies with its connection: one that is about to end is exchanged for a new one. */
  #renewIfShort(): void {
    const { qrTimeoutMs, context, finish } = this.#parts;
    const [first, next] = [qrTimeoutMs ?? FIRST_QR_MS, qrTimeoutMs ?? NEXT_QR_MS];
    const wholeMs = first + (this.#refCount - 1) * next;
    if (this.#endsAt - Date.now() >= wholeMs * 0.75) return;
    context.logger.info("the connection is renewed, so that there is time to type a pairing code");
    finish({ afterwards: "restart", reason: "restart_required" });
    throw new OrquestaError("SESSION_CLOSED", "the connection is renewed for the pairing code");
  }

  #link(): void {
    this.#isLinked = true;
    this.#parts.context.logger.info("linked; WhatsApp asks for a new connection now (515)");
    this.#parts.report({ state: "authenticating" });
  }

  #demandPasskey(): void {
    const { context, ended, finish } = this.#parts;
    if (ended.aborted) return;
    context.emit({ name: "pairing.passkey", data: {} });
    finish({ afterwards: "fail", reason: "passkey_required" });
  }

  #missChallenge(): void {
    const { context, finish } = this.#parts;
    context.logger.warn("WhatsApp sent no QR code", { waitedMs: NO_CHALLENGE_MS });
    finish({ afterwards: "reconnect", reason: "no_challenge" });
  }
}

export function alreadyPaired(): OrquestaError {
  return new OrquestaError("CHALLENGE_UNAVAILABLE", "the account is paired already");
}

function closed(cause: unknown): OrquestaError {
  if (isOrquestaError(cause, "SESSION_CLOSED")) return cause;
  const message = "the session ended before it had a pairing code";
  return new OrquestaError("SESSION_CLOSED", message, { cause });
}
