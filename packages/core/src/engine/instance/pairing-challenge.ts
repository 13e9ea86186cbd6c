import { explain } from "../event/status-explanation.ts";

/** A QR code that the account's phone has to scan. */
export interface QrChallenge {
  readonly type: "qr";
  /** What the QR code says: a secret while it is valid. */
  readonly value: string;
  /** ISO 8601 UTC; the platform shows another one afterwards, or gives up. */
  readonly expiresAt: string;
}

/** A code that a person has to type into the account's phone. */
export interface CodeChallenge {
  readonly type: "code";
  /** The pairing code: a secret while it is valid. */
  readonly value: string;
  /** ISO 8601 UTC */
  readonly expiresAt: string;
}

/**
 * The platform wants a passkey of the account's owner. Nobody can answer it through Orquesta, so it has
 * no value and the instance is `failed` with the reason `passkey_required`.
 */
export interface PasskeyChallenge {
  readonly type: "passkey";
  /** What it means and what there is to do, for a person. */
  readonly message: string;
}

/** What has to be done so that an account is linked. */
export type PairingChallenge = QrChallenge | CodeChallenge | PasskeyChallenge;

export const PASSKEY_CHALLENGE: PasskeyChallenge = {
  type: "passkey",
  message: explain("passkey_required") ?? "passkey_required",
};
