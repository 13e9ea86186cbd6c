import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { HttpHandler } from "../http-handler.ts";
import { SECURITY_HEADERS } from "../security-headers.ts";

export { type AttachEventsOptions, attachEvents, type EventSockets } from "./attach-events.ts";

export type NodeListener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Only requests that are no HTTP get here: a handler answers its own failures. */
function refuse(): Response {
  const body = { success: false, error: "the request is not valid HTTP", code: "BAD_REQUEST" };
  const headers = { connection: "close", "x-request-id": randomUUID(), ...SECURITY_HEADERS };
  return Response.json(body, { status: 400, headers });
}

/**
 * A listener for `node:http` and for everything that takes one. A client that goes away aborts
 * `request.signal`. Give it the whole URL: the handler knows its own paths.
 */
export function toNodeListener(handler: HttpHandler): NodeListener {
  const answer: Parameters<typeof getRequestListener>[0] = (request, { incoming }) =>
    handler(request, { remoteAddress: incoming.socket.remoteAddress ?? null });
  return getRequestListener(answer, {
    // The globals belong to the program that mounts us.
    overrideGlobalObjects: false,
    errorHandler: refuse,
  });
}
