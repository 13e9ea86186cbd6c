import { randomUUID } from "node:crypto";
import { findDialect } from "./dialect.ts";
import { createDialects } from "./dialects/create-dialects.ts";
import { type HandlerOptions, resolveHandlerOptions } from "./handler-options.ts";
import type { HttpHandler } from "./http-handler.ts";
import type { ManagerApi } from "./manager-api.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

const SAFE_REQUEST_ID = /^[\w.:-]{1,128}$/;

function requestIdOf(request: Request): string {
  const given = request.headers.get("x-request-id");
  return given && SAFE_REQUEST_ID.test(given) ? given : randomUUID();
}

/**
 * All HTTP dialects over one engine as one web-standard handler. Mount it on a framework, or call it:
 * `await handler(new Request("http://localhost/api/health"))`.
 */
export function createHandler(manager: ManagerApi, options: HandlerOptions = {}): HttpHandler {
  const dialects = createDialects({ manager, options: resolveHandlerOptions(options) });
  return async (request) => {
    const requestId = requestIdOf(request);
    const dialect = findDialect(dialects, new URL(request.url).pathname);
    const response = dialect
      ? await dialect.answer(request, { requestId })
      : new Response(null, { status: 404 });
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value);
    response.headers.set("x-request-id", requestId);
    return response;
  };
}
