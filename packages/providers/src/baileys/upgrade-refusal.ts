import type { IncomingMessage } from "node:http";
import type { Ending } from "./disconnect-reason.ts";

/** How to go on after an HTTP answer where a WebSocket was asked for. */
export function endingOfRefusal({ statusCode = 0, headers }: IncomingMessage): Ending {
  const retryAfterMs = toMs(headers["retry-after"]);
  const wait = retryAfterMs === null ? {} : { retryAfterMs };
  return { afterwards: "reconnect", reason: reasonOf(statusCode), ...wait };
}

function reasonOf(status: number): Ending["reason"] {
  if (status === 429) return "rate_limited";
  return status >= 500 ? "unavailable" : "connection_refused";
}

/** `Retry-After` (RFC 9110, 10.2.3): seconds or a date. */
function toMs(header: string | undefined): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
