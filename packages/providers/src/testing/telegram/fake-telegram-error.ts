/** What went wrong, for a program: the message says it for a person. */
export type FakeTelegramErrorCode =
  | "ABORTED"
  | "NAME_TAKEN"
  | "NOT_ALLOWED"
  | "NO_BUTTON"
  | "SERVER_CLOSED"
  | "TIMEOUT"
  | "UNKNOWN_CHAT"
  | "UNKNOWN_MESSAGE";

/** Every error that the fake Telegram throws at a test; bots get theirs as answers of the Bot API. */
export class FakeTelegramError extends Error {
  readonly code: FakeTelegramErrorCode;

  constructor(code: FakeTelegramErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "FakeTelegramError";
    this.code = code;
  }
}
