import { OrquestaError } from "../error/orquesta-error.ts";
import type { Session } from "../provider/session.ts";
import type { InstanceRecord } from "./instance-record.ts";
import type { LiveSession } from "./live-session.ts";

/**
 * The session that can be asked something now.
 * @throws INSTANCE_NOT_RUNNING when nobody wants it running or it has ended, SESSION_CLOSED while it is
 *   on its way
 */
export function connectedSession(
  { desired, status }: InstanceRecord,
  live: LiveSession | null,
): Session {
  const ended = status === "failed" || status === "logged_out" || status === "stopped";
  if (desired !== "running" || ended) {
    throw new OrquestaError("INSTANCE_NOT_RUNNING", `the instance is ${status}; start it first`);
  }
  if (status === "connected" && live?.session) return live.session;
  throw new OrquestaError(
    "SESSION_CLOSED",
    `the instance is ${status}; wait until it is connected`,
  );
}
