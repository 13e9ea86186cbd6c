import { createRoute } from "@hono/zod-openapi";
import { presentLogLine } from "../present.ts";
import { refusals } from "../refusals.ts";
import {
  answer,
  INSTANCE_PATH,
  type InstanceManagerApp,
  type RouteKit,
  security,
} from "../route-kit.ts";
import { instanceParamsSchema } from "../schemas/common.ts";
import { DEFAULT_TAIL, LOGS_EXAMPLE, logsAnswerSchema, logsQuerySchema } from "../schemas/log.ts";

/** Shows the last log lines of an instance, or those that are searched for. */
export function addLogRoutes(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    method: "get",
    path: `${INSTANCE_PATH}/logs`,
    tags: ["Logs"],
    security,
    operationId: "getInstanceLogs",
    summary: "The last log lines of an instance that match, oldest first",
    middleware: [guards.instance] as const,
    request: { params: instanceParamsSchema, query: logsQuerySchema },
    responses: {
      200: answer("The lines", logsAnswerSchema, { success: true, data: LOGS_EXAMPLE }),
      ...refusals("INSTANCE_NOT_FOUND"),
    },
  });
  app.openapi(route, async (c) => {
    const { tail = DEFAULT_TAIL, ...narrower } = c.req.valid("query");
    const { lines, total } = await manager.logs(c.get("instanceId"), { tail, ...narrower });
    const data = { logs: lines.map(presentLogLine), total_lines: total, tail };
    return c.json({ success: true as const, data }, 200);
  });
}
