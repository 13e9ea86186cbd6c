import { OrquestaError } from "../error/orquesta-error.ts";
import type { EphemeralEvent } from "../event/instance-event.ts";
import type { InstanceStatus } from "../event/instance-status.ts";
import type { InstanceRecord } from "./instance-record.ts";
import type { PairingChallenge } from "./instance-view.ts";

/** A challenge that is about to expire is not handed out any more. */
const MARGIN_MS = 1000;

const TO_COME: readonly InstanceStatus[] = ["starting", "pairing", "reconnecting"];

/** The pairing challenge of the moment, in memory only: it is a secret while it is valid. */
export class ChallengeHolder {
  #current: PairingChallenge | null = null;

  hear({ name, data }: EphemeralEvent): void {
    if (name === "pairing.qr") {
      this.#current = { type: "qr", value: data.qr, expiresAt: data.expiresAt };
    } else if (name === "pairing.code") {
      this.#current = { type: "code", value: data.code, expiresAt: data.expiresAt };
    }
  }

  clear(): void {
    this.#current = null;
  }

  /** The challenge, or null while one is still to come. @throws CHALLENGE_UNAVAILABLE with the reason */
  take(record: InstanceRecord): PairingChallenge | null {
    const { status, paired } = record;
    const current = this.#current;
    if (status === "pairing" && current && Date.parse(current.expiresAt) > Date.now() + MARGIN_MS) {
      return current;
    }
    if (TO_COME.includes(status) && !paired) return null;
    throw new OrquestaError("CHALLENGE_UNAVAILABLE", whyNone(record));
  }
}

function whyNone({ status, reason, paired }: InstanceRecord): string {
  if (status === "connected" || status === "authenticating") {
    return "the instance is paired already";
  }
  if (paired) return "the instance is paired; log it out to pair it anew";
  if (status === "created") return "the instance was never started";
  const why = reason === null ? "" : ` (${reason})`;
  return `the instance is ${status}${why}; start it to get a new challenge`;
}
