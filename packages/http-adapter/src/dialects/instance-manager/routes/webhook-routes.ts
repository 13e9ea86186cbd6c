import { createRoute, type z } from "@hono/zod-openapi";
import type { WebhookChanges } from "@orquesta/core";
import { presentWebhook } from "../present-webhook.ts";
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
import { doneSchema, instanceParamsSchema } from "../schemas/common.ts";
import {
  ADD_WEBHOOK_EXAMPLE,
  addWebhookBodySchema,
  newWebhookSchema,
  rotatedSecretSchema,
  rotateSecretBodySchema,
  updateWebhookBodySchema,
  webhookAnswerSchema,
  webhookListSchema,
  webhookParamsSchema,
} from "../schemas/webhook.ts";

const tags = ["Webhooks"];
const WEBHOOKS_PATH = `${INSTANCE_PATH}/webhooks`;
export const WEBHOOK_PATH = `${WEBHOOKS_PATH}/{webhookId}`;

function toChanges({
  max_per_second: maxPerSecond,
  timeout_seconds: seconds,
  media_base64: mediaBase64,
  ...same
}: z.output<typeof updateWebhookBodySchema>): WebhookChanges {
  return {
    ...same,
    ...(maxPerSecond !== undefined && { maxPerSecond }),
    ...(seconds !== undefined && { timeoutMs: seconds * 1000 }),
    ...(mediaBase64 !== undefined && { mediaBase64 }),
  };
}

/** Adds, shows, changes and removes the webhooks of an instance. */
export function addWebhookRoutes(app: InstanceManagerApp, kit: RouteKit): void {
  addListRoute(app, kit);
  addAddRoute(app, kit);
  addGetRoute(app, kit);
  addUpdateRoute(app, kit);
  addRemoveRoute(app, kit);
  addRotateRoute(app, kit);
}

function addListRoute(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "get",
    path: WEBHOOKS_PATH,
    tags,
    security,
    operationId: "listWebhooks",
    summary: "The webhooks of an instance, without their secrets",
    middleware: [addition, guards.instance] as const,
    request: { params: instanceParamsSchema },
    responses: {
      200: answer("The webhooks", webhookListSchema),
      ...additionRefusals("INSTANCE_NOT_FOUND"),
    },
  });
  app.openapi(route, async (c) => {
    const webhooks = await manager.webhooks.list(c.get("instanceId"));
    return c.json({ success: true as const, data: webhooks.map(presentWebhook) }, 200);
  });
}

function addAddRoute(app: InstanceManagerApp, { manager, guards, limitBody }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "post",
    path: WEBHOOKS_PATH,
    tags,
    security,
    operationId: "addWebhook",
    summary: "Adds a webhook; its secret is in the answer and nowhere else",
    middleware: [addition, guards.instance, limitBody] as const,
    request: {
      params: instanceParamsSchema,
      body: jsonBody(addWebhookBodySchema, ADD_WEBHOOK_EXAMPLE),
    },
    responses: {
      200: answer("The webhook with its secret", newWebhookSchema),
      ...additionRefusals(
        ...BODY_REFUSALS,
        "INSTANCE_NOT_FOUND",
        "WEBHOOK_TARGET_REFUSED",
        "WEBHOOK_LIMIT_REACHED",
      ),
    },
  });
  app.openapi(route, async (c) => {
    const { url, secret, shape = "instance-manager", ...rest } = c.req.valid("json");
    const { secret: shown, ...view } = await manager.webhooks.add(c.get("instanceId"), {
      ...toChanges(rest),
      url,
      shape,
      ...(secret !== undefined && { secret }),
    });
    return c.json(
      { success: true as const, data: { ...presentWebhook(view), secret: shown } },
      200,
    );
  });
}

function addGetRoute(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "get",
    path: WEBHOOK_PATH,
    tags,
    security,
    operationId: "getWebhook",
    summary: "One webhook, without its secret",
    middleware: [addition, guards.instance] as const,
    request: { params: webhookParamsSchema },
    responses: {
      200: answer("The webhook", webhookAnswerSchema),
      ...additionRefusals("INSTANCE_NOT_FOUND", "WEBHOOK_NOT_FOUND"),
    },
  });
  app.openapi(route, async (c) => {
    const { webhookId } = c.req.valid("param");
    const data = presentWebhook(await manager.webhooks.get(c.get("instanceId"), webhookId));
    return c.json({ success: true as const, data }, 200);
  });
}

function addUpdateRoute(app: InstanceManagerApp, { manager, guards, limitBody }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "patch",
    path: WEBHOOK_PATH,
    tags,
    security,
    operationId: "updateWebhook",
    summary: "Changes what is given; headers replaces all of them",
    middleware: [addition, guards.instance, limitBody] as const,
    request: {
      params: webhookParamsSchema,
      body: jsonBody(updateWebhookBodySchema, { enabled: false }),
    },
    responses: {
      200: answer("The webhook", webhookAnswerSchema),
      ...additionRefusals(
        ...BODY_REFUSALS,
        "INSTANCE_NOT_FOUND",
        "WEBHOOK_NOT_FOUND",
        "WEBHOOK_TARGET_REFUSED",
      ),
    },
  });
  app.openapi(route, async (c) => {
    const { webhookId } = c.req.valid("param");
    const changes = toChanges(c.req.valid("json"));
    const view = await manager.webhooks.update(c.get("instanceId"), webhookId, changes);
    return c.json({ success: true as const, data: presentWebhook(view) }, 200);
  });
}

function addRemoveRoute(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "delete",
    path: WEBHOOK_PATH,
    tags,
    security,
    operationId: "removeWebhook",
    summary: "Removes a webhook; what waits for it is put aside",
    middleware: [addition, guards.instance] as const,
    request: { params: webhookParamsSchema },
    responses: {
      200: answer("It is gone", doneSchema),
      ...additionRefusals("INSTANCE_NOT_FOUND", "WEBHOOK_NOT_FOUND"),
    },
  });
  app.openapi(route, async (c) => {
    await manager.webhooks.remove(c.get("instanceId"), c.req.valid("param").webhookId);
    return c.json({ success: true as const, message: "Webhook deleted successfully" }, 200);
  });
}

function addRotateRoute(app: InstanceManagerApp, { manager, guards, limitBody }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "post",
    path: `${WEBHOOK_PATH}/rotate-secret`,
    tags,
    security,
    operationId: "rotateWebhookSecret",
    summary: "Makes a new secret and shows it this once; the former signs for a while, too",
    middleware: [addition, guards.instance, limitBody] as const,
    request: {
      params: webhookParamsSchema,
      body: { ...jsonBody(rotateSecretBodySchema, { overlap_seconds: 3600 }), required: false },
    },
    responses: {
      200: answer("The new secret", rotatedSecretSchema),
      ...additionRefusals(...BODY_REFUSALS, "INSTANCE_NOT_FOUND", "WEBHOOK_NOT_FOUND"),
    },
  });
  app.openapi(route, async (c) => {
    const { overlap_seconds: seconds, secret } = c.req.valid("json");
    const { webhookId } = c.req.valid("param");
    const rotated = await manager.webhooks.rotateSecret(c.get("instanceId"), webhookId, {
      ...(seconds !== undefined && { overlapMs: seconds * 1000 }),
      ...(secret !== undefined && { secret }),
    });
    const data = { secret: rotated.secret, former_valid_until: rotated.formerValidUntil };
    return c.json({ success: true as const, data }, 200);
  });
}
