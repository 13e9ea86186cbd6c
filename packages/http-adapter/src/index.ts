export { createHandler } from "./handler.ts";
export { HANDLER_DEFAULTS, type HandlerOptions } from "./handler-options.ts";
export type { Connection, HttpHandler } from "./http-handler.ts";
export type { ManagerApi } from "./manager-api.ts";
