import { createRoute } from "@hono/zod-openapi";
import { presentDelivery, presentTest } from "../present-webhook.ts";
import { additionRefusals, BODY_REFUSALS } from "../refusals.ts";
import {
  ADDITION,
  addition,
  answer,
  INSTANCE_PATH,
  type InstanceManagerApp,
  jsonBody,
  type RouteKit,
  security,
} from "../route-kit.ts";
import { instanceParamsSchema } from "../schemas/common.ts";
import {
  deliveriesAnswerSchema,
  deliveriesQuerySchema,
  deliveryAnswerSchema,
  deliveryParamsSchema,
  plannedAnswerSchema,
  replayBodySchema,
  webhookParamsSchema,
  webhookTestSchema,
} from "../schemas/webhook.ts";
import { WEBHOOK_PATH } from "./webhook-routes.ts";

const tags = ["Webhooks"];
const DELIVERIES_PATH = `${INSTANCE_PATH}/deliveries`;

/** Shows what became of deliveries, and makes them again. */
export function addDeliveryRoutes(app: InstanceManagerApp, kit: RouteKit): void {
  addListRoute(app, kit);
  addRedeliverRoute(app, kit);
  addRedeliverDeadRoute(app, kit);
  addReplayRoute(app, kit);
  addTestRoute(app, kit);
}

function addListRoute(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "get",
    path: DELIVERIES_PATH,
    tags,
    security,
    operationId: "listDeliveries",
    summary: "Deliveries, newest first; state=dead are those that were given up",
    middleware: [addition, guards.instance] as const,
    request: { params: instanceParamsSchema, query: deliveriesQuerySchema },
    responses: {
      200: answer("A page, which may be empty and still have a next one", deliveriesAnswerSchema),
      ...additionRefusals("INSTANCE_NOT_FOUND"),
    },
  });
  app.openapi(route, async (c) => {
    const { webhook_id: webhookId, ...rest } = c.req.valid("query");
    const filter = { ...rest, ...(webhookId !== undefined && { webhookId }) };
    const { deliveries, cursor } = await manager.webhooks.deliveries(c.get("instanceId"), filter);
    const data = { deliveries: deliveries.map(presentDelivery), cursor };
    return c.json({ success: true as const, data }, 200);
  });
}

function addRedeliverRoute(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "post",
    path: `${DELIVERIES_PATH}/{deliveryId}/redeliver`,
    tags,
    security,
    operationId: "redeliver",
    summary: "Tells an event once more, with the same webhook-id; one that waits is tried at once",
    middleware: [addition, guards.instance] as const,
    request: { params: deliveryParamsSchema },
    responses: {
      200: answer("The new delivery, or the one that waits", deliveryAnswerSchema),
      ...additionRefusals(
        "INSTANCE_NOT_FOUND",
        "DELIVERY_NOT_FOUND",
        "WEBHOOK_NOT_FOUND",
        "WEBHOOK_DISABLED",
        "EVENTS_EXPIRED",
      ),
    },
  });
  app.openapi(route, async (c) => {
    const { deliveryId } = c.req.valid("param");
    const view = await manager.webhooks.redeliver(c.get("instanceId"), deliveryId);
    return c.json({ success: true as const, data: presentDelivery(view) }, 200);
  });
}

function addRedeliverDeadRoute(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "post",
    path: `${WEBHOOK_PATH}/redeliver-dead`,
    tags,
    security,
    operationId: "redeliverDead",
    summary: "Makes all dead deliveries of a webhook again, in their order",
    middleware: [addition, guards.instance] as const,
    request: { params: webhookParamsSchema },
    responses: {
      200: answer("How many", plannedAnswerSchema),
      ...additionRefusals("INSTANCE_NOT_FOUND", "WEBHOOK_NOT_FOUND", "WEBHOOK_DISABLED"),
    },
  });
  app.openapi(route, async (c) => {
    const { signal } = c.req.raw;
    const { webhookId } = c.req.valid("param");
    const data = await manager.webhooks.redeliverDead(c.get("instanceId"), webhookId, { signal });
    return c.json({ success: true as const, data }, 200);
  });
}

function addReplayRoute(app: InstanceManagerApp, { manager, guards, limitBody }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "post",
    path: `${WEBHOOK_PATH}/replay`,
    tags,
    security,
    operationId: "replayEvents",
    summary: "Tells events from a number on again; answers when all are planned",
    middleware: [addition, guards.instance, limitBody] as const,
    request: { params: webhookParamsSchema, body: jsonBody(replayBodySchema, { from: 1 }) },
    responses: {
      200: answer("How many", plannedAnswerSchema),
      ...additionRefusals(
        ...BODY_REFUSALS,
        "INSTANCE_NOT_FOUND",
        "WEBHOOK_NOT_FOUND",
        "WEBHOOK_DISABLED",
        "EVENTS_EXPIRED",
      ),
    },
  });
  app.openapi(route, async (c) => {
    const { from, to } = c.req.valid("json");
    const range = { from, ...(to !== undefined && { to }) };
    const { signal } = c.req.raw;
    const { webhookId } = c.req.valid("param");
    const data = await manager.webhooks.replay(c.get("instanceId"), webhookId, range, { signal });
    return c.json({ success: true as const, data }, 200);
  });
}

function addTestRoute(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "post",
    path: `${WEBHOOK_PATH}/test`,
    tags,
    security,
    operationId: "testWebhook",
    summary: "Posts a marked test event now, and tells how it went",
    middleware: [addition, guards.instance] as const,
    request: { params: webhookParamsSchema },
    responses: {
      200: answer("How it went, also when it failed", webhookTestSchema),
      ...additionRefusals("INSTANCE_NOT_FOUND", "WEBHOOK_NOT_FOUND"),
    },
  });
  app.openapi(route, async (c) => {
    const { signal } = c.req.raw;
    const { webhookId } = c.req.valid("param");
    const result = await manager.webhooks.test(c.get("instanceId"), webhookId, { signal });
    return c.json({ success: true as const, data: presentTest(result) }, 200);
  });
}
