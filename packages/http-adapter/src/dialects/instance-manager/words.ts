import type { InstanceStatus, InstanceView } from "@orquesta/core";

export const STATUS_WORDS = [
  "start",
  "qr_ready",
  "client_ready",
  "authenticated",
  "stopped",
  "error",
] as const;
export type StatusWord = (typeof STATUS_WORDS)[number];

export const AUTH_STATUS_WORDS = [
  "pending",
  "qr_ready",
  "authenticated",
  "failed",
  "disconnected",
] as const;
export type AuthStatusWord = (typeof AUTH_STATUS_WORDS)[number];

type Known = Pick<InstanceView, "status" | "paired" | "reason">;

const pendingUntilPaired = ({ paired }: Known): AuthStatusWord =>
  paired ? "disconnected" : "pending";

function wordOfStopped(view: Known): AuthStatusWord {
  if (view.paired) return "disconnected";
  return view.reason === "qr_timeout" ? "failed" : "pending";
}

/** The engine's status in this dialect's two vocabularies. */
const WORDS: Record<
  InstanceStatus,
  { readonly status: StatusWord; readonly auth: (view: Known) => AuthStatusWord }
> = {
  created: { status: "start", auth: () => "pending" },
  starting: { status: "start", auth: pendingUntilPaired },
  pairing: { status: "qr_ready", auth: () => "qr_ready" },
  authenticating: { status: "authenticated", auth: () => "authenticated" },
  connected: { status: "client_ready", auth: () => "authenticated" },
  reconnecting: { status: "start", auth: () => "disconnected" },
  stopped: { status: "stopped", auth: wordOfStopped },
  logged_out: { status: "stopped", auth: () => "disconnected" },
  failed: { status: "error", auth: () => "failed" },
};

export function toStatusWord({ status }: Known): StatusWord {
  return WORDS[status].status;
}

export function toAuthStatusWord(view: Known): AuthStatusWord {
  return WORDS[view.status].auth(view);
}
