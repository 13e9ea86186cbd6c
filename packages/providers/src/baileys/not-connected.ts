import { OrquestaError } from "@orquesta/core";

export function notConnected(cause?: unknown): OrquestaError {
  return new OrquestaError("SESSION_CLOSED", "the session is not connected", { cause });
}
