import { createRoute } from "@hono/zod-openapi";
import { waitFor } from "@orquesta/core";
import { apiPortOf, presentInstance } from "../present.ts";
import { refusals } from "../refusals.ts";
import {
  answer,
  INSTANCE_PATH,
  INSTANCES_PATH,
  type InstanceManagerApp,
  type RouteKit,
  security,
} from "../route-kit.ts";
import { doneSchema, instanceParamsSchema } from "../schemas/common.ts";
import {
  INSTANCE_EXAMPLE,
  instanceAnswerSchema,
  instanceListSchema,
  listQuerySchema,
} from "../schemas/instance.ts";

const tags = ["Instances"];

/** Lists, shows and removes instances. */
export function addInstanceRoutes(app: InstanceManagerApp, kit: RouteKit): void {
  addListRoute(app, kit);
  addGetRoute(app, kit);
  addDeleteRoute(app, kit);
}

function addListRoute(app: InstanceManagerApp, { manager, options, guards }: RouteKit): void {
  const route = createRoute({
    method: "get",
    path: INSTANCES_PATH,
    tags,
    security,
    operationId: "listInstances",
    summary: "All instances, or those of one company",
    middleware: [guards.operator] as const,
    request: { query: listQuerySchema },
    responses: {
      200: answer("The instances", instanceListSchema, { success: true, data: [INSTANCE_EXAMPLE] }),
      ...refusals(),
    },
  });
  app.openapi(route, async (c) => {
    const { company_id: companyId } = c.req.valid("query");
    const views = await manager.list(companyId === undefined ? {} : { companyId });
    const data = await Promise.all(
      views.map(async (view) => presentInstance(view, await apiPortOf(c, options, view.id))),
    );
    return c.json({ success: true as const, data }, 200);
  });
}

function addGetRoute(app: InstanceManagerApp, { manager, options, guards }: RouteKit): void {
  const route = createRoute({
    method: "get",
    path: INSTANCE_PATH,
    tags,
    security,
    operationId: "getInstance",
    summary: "One instance",
    middleware: [guards.instance] as const,
    request: { params: instanceParamsSchema },
    responses: {
      200: answer("The instance", instanceAnswerSchema, { success: true, data: INSTANCE_EXAMPLE }),
      ...refusals("INSTANCE_NOT_FOUND"),
    },
  });
  app.openapi(route, async (c) => {
    const view = await manager.get(c.get("instanceId"));
    const data = presentInstance(view, await apiPortOf(c, options, view.id));
    return c.json({ success: true as const, data }, 200);
  });
}

function addDeleteRoute(app: InstanceManagerApp, { manager, options, guards }: RouteKit): void {
  const route = createRoute({
    method: "delete",
    path: INSTANCE_PATH,
    tags,
    security,
    operationId: "deleteInstance",
    summary: "Logs the account out and forgets the instance",
    middleware: [guards.operatorOfInstance] as const,
    request: { params: instanceParamsSchema },
    responses: {
      200: answer("It is gone", doneSchema, {
        success: true,
        message: "Instance deleted successfully",
      }),
      ...refusals("INSTANCE_NOT_FOUND"),
    },
  });
  app.openapi(route, async (c) => {
    const wait = { timeoutMs: options.operationTimeoutMs, signal: c.req.raw.signal };
    await waitFor(manager.remove(c.get("instanceId")), "removing the instance", wait);
    return c.json({ success: true as const, message: "Instance deleted successfully" }, 200);
  });
}
