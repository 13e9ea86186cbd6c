import { OpenAPIHono } from "@hono/zod-openapi";
import type { Dialect, DialectContext, DialectEnv } from "../../dialect.ts";

export const OPENAPI_PATH = "/openapi.json";

function createDocument(dialects: readonly Dialect[], { options }: DialectContext) {
  const all = new OpenAPIHono();
  for (const dialect of dialects) dialect.describe(all);
  all.openAPIRegistry.registerComponent("securitySchemes", "apiKey", {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
  });
  all.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
  });
  return all.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Orquesta", version: options.version },
    servers: [{ url: options.publicUrl ?? "/" }],
  });
}

/** Serves the document that the routes' own schemas make. It is made on the first request. */
export function addOpenApiRoute(
  app: OpenAPIHono<DialectEnv>,
  context: DialectContext,
  dialects: readonly Dialect[],
): void {
  let document: ReturnType<typeof createDocument> | undefined;
  app.get(OPENAPI_PATH, (c) => {
    document ??= createDocument(dialects, context);
    return c.json(document);
  });
}
