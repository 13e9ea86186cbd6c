/** Why a device could not decrypt something. */
export type SignalFailure =
  | "bad_device_identity"
  | "bad_mac"
  | "bad_signature"
  | "malformed"
  | "missing_device_identity"
  | "no_sender_key"
  | "no_session"
  | "replayed_counter"
  | "spent_prekey"
  | "too_far_in_the_future"
  | "unknown_prekey"
  | "unknown_signed_prekey";

export class SignalError extends Error {
  readonly reason: SignalFailure;

  constructor(reason: SignalFailure, message: string = reason, options?: ErrorOptions) {
    super(message, options);
    this.name = "SignalError";
    this.reason = reason;
  }
}
