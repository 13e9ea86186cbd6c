export interface ClientErrorDetails {
  readonly code: string;
  readonly status: number | null;
  readonly requestId: string | null;
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
  readonly cause?: unknown;
}

/**
 * Every failure of the client. `message` is what the server said; neither it nor anything else here
 * holds a key, a token or a body that was sent.
 */
export class InstanceManagerClientError extends Error {
  /**
   * The server's code, such as `INSTANCE_NOT_FOUND`. Without an answer of the server's own (`status` is
   * null then, or no body of the API's came with it): `UNREACHABLE`, `TIMED_OUT`, `ABORTED` or
   * `ANSWER_UNREADABLE`. `BASE_URL_INVALID`: the address is none.
   */
  readonly code: string;
  /** The HTTP status; null when no answer came. */
  readonly status: number | null;
  /** Stands in the server's log, too. */
  readonly requestId: string | null;
  /** Which fields of the request were wrong. */
  readonly fields: readonly { readonly field: string; readonly message: string }[];

  constructor(message: string, { code, status, requestId, fields, cause }: ClientErrorDetails) {
    super(message, cause === undefined ? {} : { cause });
    this.name = "InstanceManagerClientError";
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.fields = fields ?? [];
  }
}
