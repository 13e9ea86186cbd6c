import { type Afterwards, isOrquestaError, type StatusReason } from "@orquesta/core";

export interface Ending {
  readonly afterwards: Afterwards;
  readonly reason: StatusReason;
}

/** A failure that knows what it means for its session. */
export class EndingError extends Error {
  readonly ending: Ending;

  constructor(ending: Ending, message: string) {
    super(message);
    this.ending = ending;
  }
}

export const CRASHED: Ending = { afterwards: "reconnect", reason: "browser_crashed" };
export const UNRESPONSIVE: Ending = { afterwards: "reconnect", reason: "unresponsive" };
export const CONNECTION_LOST: Ending = { afterwards: "reconnect", reason: "connection_lost" };
export const QR_TIMEOUT: Ending = { afterwards: "stop", reason: "qr_timeout" };
const DISK_FULL: Ending = { afterwards: "reconnect", reason: "disk_full" };
const LOGGED_OUT: Ending = { afterwards: "log_out", reason: "logged_out" };
export const PROXY_FAILED: Ending = { afterwards: "reconnect", reason: "proxy_failed" };
const REFUSED: Ending = { afterwards: "reconnect", reason: "connection_refused" };

/** States of WhatsApp Web, and what the library says when it gives up by itself. */
const STATES: Readonly<Record<string, Ending>> = {
  CONFLICT: { afterwards: "fail", reason: "replaced" },
  LOGOUT: LOGGED_OUT,
  UNPAIRED: LOGGED_OUT,
  UNPAIRED_IDLE: LOGGED_OUT,
  PROXYBLOCK: REFUSED,
  TOS_BLOCK: { afterwards: "fail", reason: "banned" },
  SMB_TOS_BLOCK: { afterwards: "fail", reason: "banned" },
  DEPRECATED_VERSION: { afterwards: "fail", reason: "version_refused" },
  TIMEOUT: CONNECTION_LOST,
  UNLAUNCHED: CONNECTION_LOST,
};

/** What a state means for a session that was connected; null: nothing, it goes on. */
export function endingOfState(state: string, hasProxy: boolean): Ending | null {
  if (state === "PROXYBLOCK" && hasProxy) return PROXY_FAILED;
  return STATES[state] ?? null;
}

/** As Chromium names what went wrong with a proxy (net/base/net_error_list.h). */
const PROXY_ERROR =
  /(?:net::)?ERR_(PROXY|TUNNEL|SOCKS|NO_SUPPORTED_PROXIES|MANDATORY_PROXY|UNEXPECTED_PROXY_AUTH|INVALID_AUTH_CREDENTIALS|HTTPS_PROXY)/;

export function isProxyError(text: string): boolean {
  return PROXY_ERROR.test(text);
}

export interface StartCircumstances {
  readonly isDiskFull: boolean;
  /** A request failed at the proxy. */
  readonly hasProxyFailed: boolean;
}

/** What it means that a session did not start. */
export function endingOfStart(error: unknown, circumstances: StartCircumstances): Ending {
  if (error instanceof EndingError) return error.ending;
  // The library throws strings as well.
  const text = error instanceof Error ? error.message : String(error);
  if (circumstances.isDiskFull || text.includes("ENOSPC")) return DISK_FULL;
  if (circumstances.hasProxyFailed || isProxyError(text)) return PROXY_FAILED;
  if (text.includes("net::ERR_INTERNET_DISCONNECTED")) return CONNECTION_LOST;
  if (text.includes("net::ERR_")) return REFUSED;
  if (isOrquestaError(error, "TIMED_OUT") || text.includes("auth timeout")) return UNRESPONSIVE;
  return CRASHED;
}
