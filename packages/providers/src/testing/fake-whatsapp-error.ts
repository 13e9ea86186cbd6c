/** What went wrong, for a program: the message says it for a person. */
export type FakeWhatsAppErrorCode =
  | "ABORTED"
  | "BAD_NUMBER"
  | "BAD_QR"
  | "MEDIA_REFUSED"
  | "NOT_CONNECTED"
  | "PAIRING_FAILED"
  | "PASSKEY_REQUIRED"
  | "SERVER_CLOSED"
  | "TIMEOUT"
  | "UNKNOWN_ACCOUNT"
  | "UNKNOWN_GROUP"
  | "UNKNOWN_MESSAGE"
  | "WRONG_PAIRING_CODE";

/** Every error that the fake WhatsApp throws on purpose. */
export class FakeWhatsAppError extends Error {
  readonly code: FakeWhatsAppErrorCode;

  constructor(code: FakeWhatsAppErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "FakeWhatsAppError";
    this.code = code;
  }
}
