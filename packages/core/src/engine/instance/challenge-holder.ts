import { OrquestaError } from "../error/orquesta-error.ts";
import type { EphemeralEvent } from "../event/instance-event.ts";
import type { InstanceStatus } from "../event/instance-status.ts";
import { explain } from "../event/status-explanation.ts";
import type { InstanceRecord } from "./instance-record.ts";
import {
  type CodeChallenge,
  PASSKEY_CHALLENGE,
  type PairingChallenge,
  type QrChallenge,
} from "./pairing-challenge.ts";

/** A challenge that is about to expire is not handed out any more. */
const MARGIN_MS = 1000;

const TO_COME: readonly InstanceStatus[] = ["starting", "pairing", "reconnecting"];

/** The pairing challenges of the moment, in memory only: they are secrets while they are valid. */
export class ChallengeHolder {
  #qr: QrChallenge | null = null;
  #code: CodeChallenge | null = null;

  hear({ name, data }: EphemeralEvent): void {
    if (name === "pairing.qr") {
      this.#qr = { type: "qr", value: data.qr, expiresAt: data.expiresAt };
    } else if (name === "pairing.code") {
      this.#code = { type: "code", value: data.code, expiresAt: data.expiresAt };
    }
  }

  clear(): void {
    this.#qr = null;
    this.#code = null;
  }

  /**
   * The challenge, or null while one is still to come. QR codes go on changing while a pairing code is
   * valid: somebody asked for the code, so it comes first.
   * @throws CHALLENGE_UNAVAILABLE with the reason
   */
  take(record: InstanceRecord): PairingChallenge | null {
    const { status, reason, paired } = record;
    if (status === "pairing") {
      const current = [this.#code, this.#qr].find(isValid);
      if (current) return current;
    }
    if (TO_COME.includes(status) && !paired) return null;
    if (status === "failed" && reason === "passkey_required") return PASSKEY_CHALLENGE;
    throw new OrquestaError("CHALLENGE_UNAVAILABLE", whyNone(record));
  }
}

function isValid<C extends QrChallenge | CodeChallenge>(challenge: C | null): challenge is C {
  return challenge !== null && Date.parse(challenge.expiresAt) > Date.now() + MARGIN_MS;
}

/** Where the instance is and why, for a person. */
export function describeStatus({ status, reason }: InstanceRecord): string {
  if (reason === null) return `the instance is ${status}`;
  const explanation = explain(reason);
  return explanation === null
    ? `the instance is ${status}: ${reason}`
    : `the instance is ${status} (${reason}): ${explanation}`;
}

/** Why there is no challenge, for a person. */
export function whyNone(record: InstanceRecord): string {
  const { status, paired } = record;
  if (status === "connected" || status === "authenticating") {
    return "the instance is paired already";
  }
  if (paired) return "the instance is paired; log it out to pair it anew";
  if (status === "created") return "the instance was never started";
  return `${describeStatus(record)}; start it to get a new challenge`;
}
