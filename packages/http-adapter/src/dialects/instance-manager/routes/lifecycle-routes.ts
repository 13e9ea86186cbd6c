import { createRoute } from "@hono/zod-openapi";
import { waitFor } from "@orquesta/core";
import type { ManagerApi } from "../../../manager-api.ts";
import { additionRefusals, refusals } from "../refusals.ts";
import {
  ADDITION,
  addition,
  answer,
  INSTANCE_PATH,
  type InstanceManagerApp,
  type RouteKit,
  security,
} from "../route-kit.ts";
import { doneSchema, instanceParamsSchema } from "../schemas/common.ts";

interface Verb {
  readonly verb: string;
  readonly summary: string;
  readonly message: string;
  /** Whether the document does not have it. */
  readonly isAddition: boolean;
  run(manager: ManagerApi, id: string): Promise<unknown>;
}

const VERBS: readonly Verb[] = [
  {
    verb: "start",
    summary: "Starts an instance; its session opens in the background",
    message: "Instance started successfully",
    isAddition: false,
    run: (manager, id) => manager.start(id),
  },
  {
    verb: "stop",
    summary: "Stops an instance; the account stays paired",
    message: "Instance stopped successfully",
    isAddition: false,
    run: (manager, id) => manager.stop(id),
  },
  {
    verb: "restart",
    summary: "Stops an instance and starts it again",
    message: "Instance restarted successfully",
    isAddition: false,
    run: (manager, id) => manager.restart(id),
  },
  {
    verb: "logout",
    summary: "Unlinks the account and stops the instance; when it is started, it pairs anew",
    message: "Instance logged out successfully",
    isAddition: true,
    run: (manager, id) => manager.logout(id),
  },
];

/** Starts, stops, restarts and logs out. Repeating one of them changes nothing and succeeds. */
export function addLifecycleRoutes(
  app: InstanceManagerApp,
  { manager, options, guards }: RouteKit,
): void {
  for (const { verb, summary, message, isAddition, run } of VERBS) {
    const refuse = isAddition ? additionRefusals : refusals;
    const route = createRoute({
      ...(isAddition && ADDITION),
      method: "post",
      path: `${INSTANCE_PATH}/${verb}`,
      tags: ["Life"],
      security,
      operationId: `${verb}Instance`,
      summary,
      middleware: isAddition ? [addition, guards.instance] : [guards.instance],
      request: { params: instanceParamsSchema },
      responses: {
        200: answer("Done", doneSchema, { success: true, message }),
        ...refuse("INSTANCE_NOT_FOUND", "PROVIDER_UNKNOWN", "PROVIDER_LIBRARY_MISSING"),
      },
    });
    app.openapi(route, async (c) => {
      const wait = { timeoutMs: options.operationTimeoutMs, signal: c.req.raw.signal };
      // The order is durable at once: whoever does not wait for its end has given it all the same.
      await waitFor(run(manager, c.get("instanceId")), verb, wait);
      return c.json({ success: true as const, message }, 200);
    });
  }
}
