import { type Afterwards, isOrquestaError, type StatusReason } from "@orquesta/core";

export interface Ending {
  readonly afterwards: Afterwards;
  readonly reason: StatusReason;
  /** The server asked not to be tried again before, ms from now. */
  readonly retryAfterMs?: number;
}

/** What Baileys knows about the end of a connection. */
export interface Disconnect {
  /** Baileys' own code or the one of the stream error; null when there is none. */
  readonly code: number | null;
  readonly message: string;
  /** `type` of the `<conflict>` in the stream error. */
  readonly conflict: string | null;
  /** The proxy of the instance is what failed. */
  readonly isOfProxy: boolean;
}

const LOGGED_OUT: Ending = { afterwards: "log_out", reason: "logged_out" };
const LOST: Ending = { afterwards: "reconnect", reason: "connection_lost" };

const PROXY_FAILED: Ending = { afterwards: "reconnect", reason: "proxy_failed" };
const UNTRUSTED: Ending = { afterwards: "reconnect", reason: "untrusted_server" };

/** First match wins. A rule without `code` matches every code. */
const RULES: readonly {
  readonly code?: number;
  readonly conflict?: string;
  /** Words that the message must contain. */
  readonly words?: string;
  readonly ending: Ending;
}[] = [
  // Comes with code 401, or with none at all, which Baileys turns into 440.
  { conflict: "device_removed", ending: LOGGED_OUT },
  { code: 515, ending: { afterwards: "restart", reason: "restart_required" } },
  { code: 401, ending: LOGGED_OUT },
  { code: 406, ending: LOGGED_OUT },
  { code: 440, ending: { afterwards: "fail", reason: "replaced" } },
  { code: 402, ending: { afterwards: "fail", reason: "restricted" } },
  { code: 403, ending: { afterwards: "fail", reason: "banned" } },
  // The client is too old for the server: the same client will not be let in later either.
  { code: 405, ending: { afterwards: "fail", reason: "version_refused" } },
  { code: 409, ending: { afterwards: "fail", reason: "version_refused" } },
  { code: 411, ending: { afterwards: "fail", reason: "multidevice_mismatch" } },
  { code: 408, words: "QR refs", ending: { afterwards: "stop", reason: "qr_timeout" } },
  {
    code: 408,
    words: "Connection was lost",
    ending: { afterwards: "reconnect", reason: "unresponsive" },
  },
  {
    words: "WebSocket Error",
    ending: { afterwards: "reconnect", reason: "connection_refused" },
  },
  // The certificate of the server is not signed by whom it should be: nothing was said to it.
  { code: 400, words: "noise", ending: UNTRUSTED },
  { code: 400, words: "certification match failed", ending: UNTRUSTED },
  // The account that scanned the QR code is not the one that signed for it: nothing was stored.
  { words: "account signature", ending: UNTRUSTED },
  { code: 429, ending: { afterwards: "reconnect", reason: "rate_limited" } },
  { code: 503, ending: { afterwards: "reconnect", reason: "unavailable" } },
  { code: 500, ending: { afterwards: "reconnect", reason: "bad_session" } },
];

/** How a session that closed by itself should go on; whatever is not known is worth another try. */
export function endingOf({ code, message, conflict, isOfProxy }: Disconnect): Ending {
  if (isOfProxy) return PROXY_FAILED;
  const rule = RULES.find(
    (candidate) =>
      (candidate.code === undefined || candidate.code === code) &&
      (candidate.conflict === undefined || candidate.conflict === conflict) &&
      (candidate.words === undefined || message.includes(candidate.words)),
  );
  return rule?.ending ?? LOST;
}

/** Reads the error that comes with `connection: "close"`; a Boom when Baileys made it. */
export function readDisconnect(error: unknown): Disconnect {
  const boom = fields(error);
  const data = fields(boom["data"]);
  const code = fields(boom["output"])["statusCode"];
  const conflict = data["tag"] === "conflict" ? fields(data["attrs"])["type"] : null;
  return {
    code: typeof code === "number" ? code : null,
    message: error instanceof Error ? error.message : "",
    conflict: typeof conflict === "string" ? conflict : null,
    isOfProxy: isOrquestaError(boom["data"], "PROXY_FAILED"),
  };
}

/** Parser of a foreign value: an object's fields, or none. */
function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
