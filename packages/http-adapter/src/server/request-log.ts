import type { Logger } from "@orquesta/core";
import type { HttpHandler } from "../http-handler.ts";
import { createClientAddress, type TrustProxy } from "./client-address.ts";

/** Logs one line a request, with who asked. Queries and bodies may hold secrets: neither is logged. */
export function withRequestLog(
  handler: HttpHandler,
  logger: Logger,
  trustProxy: TrustProxy = [],
): HttpHandler {
  const clientOf = createClientAddress(trustProxy);
  return async (request, connection) => {
    const startedAt = performance.now();
    const response = await handler(request, connection);
    logger.info("request", {
      method: request.method,
      path: new URL(request.url).pathname,
      status: response.status,
      durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
      requestId: response.headers.get("x-request-id"),
      client: clientOf(request, connection),
    });
    return response;
  };
}
