import { OpenAPIHono } from "@hono/zod-openapi";
import type { Dialect } from "../dialect.ts";
import type { ResolvedHandlerOptions } from "../handler-options.ts";
import { type OpenApiDocument, operationsOf } from "./operations.ts";

const DESCRIPTION = `Runs WhatsApp and Telegram accounts ("instances"), sends their messages and tells their events.

- The operator's key opens every route, an instance's key (told when it is created) the routes of that
  instance. A key comes in \`x-api-key\` or as \`Authorization: Bearer …\`.
- Every answer has an \`x-request-id\`, which the server's log has too: the request's own, if it brings
  one of up to 128 letters, digits and \`_ . : -\`.
- Errors have a \`code\` that does not change; their text may.
- What ends in "(addition)" is one of Orquesta to the API's documents; it has \`x-addition\`, too.`;

const REQUEST_ID = {
  description: "The request's own id, or one that was made for it; the server's log has it too",
  schema: { type: "string", pattern: "^[\\w.:-]{1,128}$" },
} as const;

function addRequestIds(document: OpenApiDocument): void {
  for (const { operation } of operationsOf(document)) {
    for (const response of Object.values<{ headers?: object }>(operation.responses ?? {})) {
      const requestId = { $ref: "#/components/headers/RequestId" };
      response.headers = { "x-request-id": requestId, ...response.headers };
    }
  }
}

/** Those who read the page see it without opening each operation. */
function nameAdditions(document: OpenApiDocument): void {
  for (const { operation } of operationsOf(document)) {
    if (operation["x-addition"] === true) operation.summary += " (addition)";
  }
}

/** OpenAPI 3.1, made from the schemas that check the requests of these dialects. */
export function createOpenApiDocument(
  dialects: readonly Dialect[],
  { version, publicUrl }: Pick<ResolvedHandlerOptions, "version" | "publicUrl">,
): OpenApiDocument {
  const all = new OpenAPIHono();
  for (const dialect of dialects) dialect.describe(all);
  const { openAPIRegistry: registry } = all;
  registry.registerComponent("headers", "RequestId", REQUEST_ID);
  registry.registerComponent("securitySchemes", "apiKey", {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "The operator's key (API_KEY), or the key of an instance for its own routes",
  });
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "The same keys",
  });
  const document = all.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Orquesta",
      version,
      description: DESCRIPTION,
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
    },
    servers: [{ url: publicUrl ?? "/" }],
  });
  addRequestIds(document);
  nameAdditions(document);
  return document;
}
