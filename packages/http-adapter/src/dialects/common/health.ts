import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { waitFor } from "@orquesta/core";
import type { DialectContext, DialectEnv } from "../../dialect.ts";

const CHECK_TIMEOUT_MS = 5_000;

/** One body for every document that has this path: the outer words are S2's, `data` is S3's. */
const healthSchema = z
  .object({
    status: z.enum(["healthy", "unhealthy"]),
    timestamp: z.iso.datetime(),
    success: z.boolean(),
    data: z.object({
      status: z.enum(["OK", "ERROR"]),
      timestamp: z.iso.datetime(),
      /** Seconds since the start of the process. */
      uptime: z.number(),
      version: z.string(),
      database: z.enum(["connected", "error"]),
    }),
  })
  .openapi("Health");

export const HEALTH_PATH = "/api/health";

const content = { "application/json": { schema: healthSchema } };

const healthRoute = createRoute({
  method: "get",
  path: HEALTH_PATH,
  operationId: "getHealth",
  tags: ["Server"],
  security: [],
  summary: "Whether the server and its database work; needs no key",
  responses: {
    200: { description: "Healthy", content },
    503: { description: "The database does not answer", content },
  },
});

export function addHealthRoute(
  app: OpenAPIHono<DialectEnv>,
  { manager, options }: DialectContext,
): void {
  async function isHealthy(requestId: string): Promise<boolean> {
    try {
      await waitFor(manager.checkHealth(), "health check", { timeoutMs: CHECK_TIMEOUT_MS });
      return true;
    } catch (error) {
      options.logger.error("health check failed", { error, requestId });
      return false;
    }
  }

  app.openapi(healthRoute, async (c) => {
    const success = await isHealthy(c.env.requestId);
    const timestamp = new Date().toISOString();
    const data = {
      status: success ? ("OK" as const) : ("ERROR" as const),
      timestamp,
      uptime: Math.floor(process.uptime()),
      version: options.version,
      database: success ? ("connected" as const) : ("error" as const),
    };
    const status = success ? ("healthy" as const) : ("unhealthy" as const);
    return c.json({ status, timestamp, success, data }, success ? 200 : 503);
  });
}
