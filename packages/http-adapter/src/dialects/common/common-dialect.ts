import { OpenAPIHono } from "@hono/zod-openapi";
import { type Dialect, type DialectContext, type DialectEnv, toDialect } from "../../dialect.ts";
import { addEntranceRoute } from "./entrance.ts";
import { addHealthRoute } from "./health.ts";
import { addMediaRoute } from "./media.ts";
import { addPushRoute } from "./push.ts";

/** What belongs to no document alone: the entrance, health, and every path that nobody owns. */
export function createCommonDialect(context: DialectContext): Dialect {
  const app = new OpenAPIHono<DialectEnv>();
  addEntranceRoute(app, context);
  addHealthRoute(app, context);
  addPushRoute(app, context);
  addMediaRoute(app, context);
  app.notFound((c) => {
    const message = "there is no such route";
    return c.json({ success: false, error: { type: "NotFoundError", message } }, 404);
  });
  app.onError((error, c) => {
    context.options.logger.error("request failed", { error, requestId: c.env.requestId });
    const message = "something went wrong on the server";
    return c.json({ success: false, error: { type: "InternalError", message } }, 500);
  });
  return toDialect(["/"], app);
}
