import { createRoute } from "@hono/zod-openapi";
import type { WaitOptions } from "@orquesta/core";
import type { ManagerApi } from "../../manager-api.ts";
import {
  answer,
  INSTANCE_ERRORS,
  INSTANCE_PATH,
  type InstanceManagerApp,
  type RouteKit,
  security,
} from "./route-kit.ts";
import { doneSchema, instanceParamsSchema } from "./schemas.ts";

const VERBS = [
  {
    verb: "start",
    summary: "Starts an instance; its session opens in the background",
    message: "Instance started successfully",
    run: (manager: ManagerApi, id: string, wait: WaitOptions) =>
      manager.start(id, { ...wait, until: "requested" }),
  },
  {
    verb: "stop",
    summary: "Stops an instance; the account stays paired",
    message: "Instance stopped successfully",
    run: (manager: ManagerApi, id: string, wait: WaitOptions) => manager.stop(id, wait),
  },
  {
    verb: "restart",
    summary: "Stops an instance and starts it again",
    message: "Instance restarted successfully",
    run: (manager: ManagerApi, id: string, wait: WaitOptions) => manager.restart(id, wait),
  },
] as const;

/** Starts, stops and restarts instances. Repeating one of them changes nothing and succeeds. */
export function addLifecycleRoutes(
  app: InstanceManagerApp,
  { manager, options, guards }: RouteKit,
): void {
  for (const { verb, summary, message, run } of VERBS) {
    const route = createRoute({
      method: "post",
      path: `${INSTANCE_PATH}/${verb}`,
      tags: ["Life"],
      security,
      summary,
      middleware: [guards.instance] as const,
      request: { params: instanceParamsSchema },
      responses: { 200: answer("Done", doneSchema), ...INSTANCE_ERRORS },
    });
    app.openapi(route, async (c) => {
      const { operationTimeoutMs: timeoutMs } = options;
      await run(manager, c.get("instanceId"), { timeoutMs, signal: c.req.raw.signal });
      return c.json({ success: true as const, message }, 200);
    });
  }
}
