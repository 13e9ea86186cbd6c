export const INSTANCE_STATUSES = [
  "created",
  "starting",
  "pairing",
  "authenticating",
  "connected",
  "reconnecting",
  "stopped",
  "logged_out",
  "failed",
] as const;

export type InstanceStatus = (typeof INSTANCE_STATUSES)[number];

/** Why an instance is in its status, where the status alone does not say. */
export const STATUS_REASONS = [
  "requested",
  "qr_timeout",
  "no_challenge",
  "connection_lost",
  "connection_refused",
  "unavailable",
  "rate_limited",
  "untrusted_server",
  "restart_required",
  "unresponsive",
  "replaced",
  "logged_out",
  "banned",
  "restricted",
  "version_refused",
  "passkey_required",
  "multidevice_mismatch",
  "bad_session",
  "bad_token",
  "browser_missing",
  "browser_crashed",
  "profile_locked",
  "proxy_failed",
  "polled_elsewhere",
  "disk_full",
  "crashed",
] as const;

export type StatusReason = (typeof STATUS_REASONS)[number];
