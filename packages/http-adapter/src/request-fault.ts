/**
 * What can be wrong with a request before any operation of the engine is asked. These are facts of
 * HTTP, so they are no engine errors; each dialect has its own words for them.
 */
export const REQUEST_FAULTS = {
  UNAUTHORIZED: { status: 401, message: "a valid API key is required" },
  NOT_FOUND: { status: 404, message: "there is no such route" },
  INVALID_JSON: { status: 400, message: "the request body is not valid JSON" },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    message: "send the body with Content-Type: application/json",
  },
  TOO_MANY_STREAMS: {
    status: 429,
    message: "this key has as many event streams open as it may; close one first",
  },
  UPGRADE_REQUIRED: { status: 426, message: "connect to this route with a WebSocket" },
  PAYLOAD_TOO_LARGE: { status: 413, message: "the request body is too large" },
} as const satisfies Record<string, { readonly status: number; readonly message: string }>;

export type RequestFaultCode = keyof typeof REQUEST_FAULTS;

export class RequestFault extends Error {
  readonly code: RequestFaultCode;

  constructor(code: RequestFaultCode, message: string = REQUEST_FAULTS[code].message) {
    super(message);
    this.name = "RequestFault";
    this.code = code;
  }
}
