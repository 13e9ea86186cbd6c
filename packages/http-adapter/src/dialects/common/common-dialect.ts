import { OpenAPIHono } from "@hono/zod-openapi";
import { type Dialect, type DialectContext, type DialectEnv, toDialect } from "../../dialect.ts";
import { addHealthRoute } from "./health.ts";
import { addOpenApiRoute } from "./openapi.ts";

/** What belongs to no document alone: health, the OpenAPI document, and every path that nobody owns. */
export function createCommonDialect(
  context: DialectContext,
  documented: readonly Dialect[],
): Dialect {
  const app = new OpenAPIHono<DialectEnv>();
  addHealthRoute(app, context);
  const dialect = toDialect(["/"], app);
  addOpenApiRoute(app, context, [...documented, dialect]);
  app.notFound((c) => {
    const message = "there is no such route";
    return c.json({ success: false, error: { type: "NotFoundError", message } }, 404);
  });
  app.onError((error, c) => {
    context.options.logger.error("request failed", { error, requestId: c.env.requestId });
    const message = "something went wrong on the server";
    return c.json({ success: false, error: { type: "InternalError", message } }, 500);
  });
  return dialect;
}
