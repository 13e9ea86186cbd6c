import type { Logger } from "@orquesta/core";
import type { HttpHandler } from "../http-handler.ts";

/** Logs one line a request. Queries and bodies may hold secrets: neither is logged. */
export function withRequestLog(handler: HttpHandler, logger: Logger): HttpHandler {
  return async (request) => {
    const startedAt = performance.now();
    const response = await handler(request);
    logger.info("request", {
      method: request.method,
      path: new URL(request.url).pathname,
      status: response.status,
      durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
      requestId: response.headers.get("x-request-id"),
    });
    return response;
  };
}
