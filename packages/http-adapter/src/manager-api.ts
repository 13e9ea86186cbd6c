import type { InstanceManager } from "@orquesta/core";

/** The part of the engine that the dialects use. */
export type ManagerApi = Pick<
  InstanceManager,
  | "authenticate"
  | "challenge"
  | "checkHealth"
  | "create"
  | "get"
  | "instanceKey"
  | "list"
  | "logs"
  | "message"
  | "remove"
  | "restart"
  | "send"
  | "start"
  | "stop"
>;
