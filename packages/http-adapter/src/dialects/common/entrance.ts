import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { DialectContext, DialectEnv } from "../../dialect.ts";
import { OPENAPI_PATH, SWAGGER_PAGE_PATH } from "../../documentation/documentation-dialect.ts";
import { HEALTH_PATH } from "./health.ts";

const entranceSchema = z
  .object({
    success: z.literal(true),
    name: z.literal("Orquesta"),
    version: z.string(),
    health: z.string(),
    /** Null: they are switched off. */
    documentation: z.string().nullable(),
    openapi: z.string().nullable(),
  })
  .openapi("Entrance");

const entranceRoute = createRoute({
  method: "get",
  path: "/",
  operationId: "getEntrance",
  tags: ["Server"],
  summary: "What this server is and where its documentation is; browsers are taken there",
  security: [],
  responses: {
    200: {
      description: "Where to go",
      content: { "application/json": { schema: entranceSchema } },
    },
    302: { description: "To the documentation, for those who take HTML" },
  },
});

/** Whoever opens the bare address in a browser lands in the documentation; programs are told about it. */
export function addEntranceRoute(app: OpenAPIHono<DialectEnv>, { options }: DialectContext): void {
  const hasDocs = options.docs === "on";
  app.openapi(entranceRoute, (c) => {
    // Relative, because a prefix that we are mounted under is not known here.
    if (hasDocs && c.req.header("accept")?.includes("text/html")) {
      return c.body(null, 302, { location: SWAGGER_PAGE_PATH.slice(1) });
    }
    const body = {
      success: true as const,
      name: "Orquesta" as const,
      version: options.version,
      health: HEALTH_PATH,
      documentation: hasDocs ? SWAGGER_PAGE_PATH : null,
      openapi: hasDocs ? OPENAPI_PATH : null,
    };
    return c.json(body, 200);
  });
}
