import type { InstanceManager } from "@orquesta/core";

/** The part of the engine that the dialects use. */
export type ManagerApi = Pick<
  InstanceManager,
  | "challenge"
  | "checkHealth"
  | "create"
  | "events"
  | "get"
  | "keys"
  | "list"
  | "logout"
  | "logs"
  | "media"
  | "message"
  | "pair"
  | "push"
  | "remove"
  | "restart"
  | "send"
  | "sessions"
  | "start"
  | "stop"
  | "webhooks"
>;
