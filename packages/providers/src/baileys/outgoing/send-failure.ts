import { isOrquestaError, OrquestaError } from "@orquesta/core";
import { readDisconnect } from "../disconnect-reason.ts";
import type { CurrentSend } from "./current-send.ts";

/** Codes that Baileys gives to a lost or missing connection rather than to a refusal. */
const CONNECTION_CODES = new Set([408, 428]);

/** What `ws` and the system say when the connection goes away under a write. */
const LOST_CONNECTION = /WebSocket is not open|ECONN|EPIPE/;

/** Says of a failed send what the outbox has to know: whether it may try again. */
export function toSendFailure(cause: unknown, send: CurrentSend, isOver: boolean): OrquestaError {
  if (isOrquestaError(cause, "SEND_REJECTED") || isOrquestaError(cause, "SEND_RESTRICTED")) {
    return cause;
  }
  if (send.mayHaveLeft) {
    return new OrquestaError("SEND_OUTCOME_UNKNOWN", "the message may have left", { cause });
  }
  if (isOrquestaError(cause, "PLATFORM_UNREACHABLE") || isOrquestaError(cause, "ABORTED")) {
    return new OrquestaError("SESSION_CLOSED", cause.message, { cause });
  }
  const { code, message } = readDisconnect(cause);
  const isLost = (code !== null && CONNECTION_CODES.has(code)) || LOST_CONNECTION.test(message);
  if (isOver || isLost) {
    return new OrquestaError("SESSION_CLOSED", "the connection ended before the message left", {
      cause,
    });
  }
  return new OrquestaError("SEND_REJECTED", "WhatsApp did not take the message", { cause });
}
