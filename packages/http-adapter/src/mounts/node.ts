import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { HttpHandler } from "../http-handler.ts";

export { type AttachEventsOptions, attachEvents, type EventSockets } from "./attach-events.ts";

export type NodeListener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Only requests that are no HTTP get here: a handler answers its own failures. */
function refuse(): Response {
  const body = { success: false, error: "the request is not valid HTTP", code: "BAD_REQUEST" };
  return Response.json(body, { status: 400, headers: { connection: "close" } });
}

/**
 * A listener for `node:http` and for everything that takes one. A client that goes away aborts
 * `request.signal`. Give it the whole URL: the handler knows its own paths.
 */
export function toNodeListener(handler: HttpHandler): NodeListener {
  return getRequestListener((request) => handler(request), {
    // The globals belong to the program that mounts us.
    overrideGlobalObjects: false,
    errorHandler: refuse,
  });
}
