import type { InstanceStatus } from "../event/instance-status.ts";

/** From each status, where an instance may go. Everything else is a defect of the supervisor. */
export const INSTANCE_TRANSITIONS = {
  created: ["starting", "stopped", "logged_out"],
  starting: [
    "pairing",
    "authenticating",
    "connected",
    "reconnecting",
    "stopped",
    "logged_out",
    "failed",
  ],
  pairing: [
    "starting",
    "authenticating",
    "connected",
    "reconnecting",
    "stopped",
    "logged_out",
    "failed",
  ],
  authenticating: [
    "starting",
    "pairing",
    "connected",
    "reconnecting",
    "stopped",
    "logged_out",
    "failed",
  ],
  connected: ["starting", "authenticating", "reconnecting", "stopped", "logged_out", "failed"],
  reconnecting: [
    "starting",
    "pairing",
    "authenticating",
    "connected",
    "stopped",
    "logged_out",
    "failed",
  ],
  stopped: ["starting", "logged_out"],
  logged_out: ["starting", "stopped"],
  failed: ["starting", "stopped", "logged_out"],
} as const satisfies Record<InstanceStatus, readonly InstanceStatus[]>;

export function mayFollow(from: InstanceStatus, to: InstanceStatus): boolean {
  const followers: readonly InstanceStatus[] = INSTANCE_TRANSITIONS[from];
  return from === to || followers.includes(to);
}
