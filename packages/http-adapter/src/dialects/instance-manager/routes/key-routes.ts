import { createRoute } from "@hono/zod-openapi";
import { presentKey, presentListedKey } from "../present.ts";
import { additionRefusals, BODY_REFUSALS, refusals } from "../refusals.ts";
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
  KEY_EXAMPLE,
  keyAnswerSchema,
  keyListSchema,
  keyParamsSchema,
  rotateBodySchema,
} from "../schemas/key.ts";

const tags = ["Keys"];

/** Tells the keys of an instance, renews and ends them; all of it is the operator's. */
export function addKeyRoutes(app: InstanceManagerApp, kit: RouteKit): void {
  addCurrentKeyRoute(app, kit);
  addRotateRoute(app, kit);
  addListRoute(app, kit);
  addRevokeRoute(app, kit);
}

function addCurrentKeyRoute(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    method: "get",
    path: `${INSTANCE_PATH}/current-api-key`,
    tags,
    security,
    operationId: "getInstanceKey",
    summary: "The key of an instance, and how it is used",
    middleware: [guards.operatorOfInstance] as const,
    request: { params: instanceParamsSchema },
    responses: {
      200: answer("The key", keyAnswerSchema, { success: true, data: KEY_EXAMPLE }),
      ...refusals("INSTANCE_NOT_FOUND"),
    },
  });
  app.openapi(route, async (c) => {
    const data = presentKey(await manager.keys.current(c.get("instanceId")));
    return c.json({ success: true as const, data }, 200);
  });
}

function addRotateRoute(app: InstanceManagerApp, { manager, guards, limitBody }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "post",
    path: `${INSTANCE_PATH}/rotate-api-key`,
    tags,
    security,
    operationId: "rotateInstanceKey",
    summary: "Makes a new key; the older ones go on working for a while",
    middleware: [addition, guards.operatorOfInstance, limitBody] as const,
    request: {
      params: instanceParamsSchema,
      // Rotating needs no words: a request without a body is complete.
      body: { ...jsonBody(rotateBodySchema, { overlap_seconds: 3600 }), required: false },
    },
    responses: {
      200: answer("The new key", keyAnswerSchema, { success: true, data: KEY_EXAMPLE }),
      ...additionRefusals(...BODY_REFUSALS, "INSTANCE_NOT_FOUND"),
    },
  });
  app.openapi(route, async (c) => {
    const { overlap_seconds: seconds } = c.req.valid("json");
    const overlap = seconds === undefined ? {} : { overlapMs: seconds * 1000 };
    const data = presentKey(await manager.keys.rotate(c.get("instanceId"), overlap));
    return c.json({ success: true as const, data }, 200);
  });
}

function addListRoute(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "get",
    path: `${INSTANCE_PATH}/api-keys`,
    tags,
    security,
    operationId: "listInstanceKeys",
    summary: "The keys that open an instance now, masked, the current one first",
    middleware: [addition, guards.operatorOfInstance] as const,
    request: { params: instanceParamsSchema },
    responses: {
      200: answer("The keys", keyListSchema),
      ...additionRefusals("INSTANCE_NOT_FOUND"),
    },
  });
  app.openapi(route, async (c) => {
    const keys = await manager.keys.list(c.get("instanceId"));
    return c.json({ success: true as const, data: keys.map(presentListedKey) }, 200);
  });
}

function addRevokeRoute(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "delete",
    path: `${INSTANCE_PATH}/api-keys/{keyId}`,
    tags,
    security,
    operationId: "revokeInstanceKey",
    summary: "Ends a key that was replaced, at once; the current one can only be rotated",
    middleware: [addition, guards.operatorOfInstance] as const,
    request: { params: keyParamsSchema },
    responses: {
      200: answer("It opens nothing any more", doneSchema),
      ...additionRefusals("INSTANCE_NOT_FOUND", "INSTANCE_KEY_NOT_FOUND", "INSTANCE_KEY_CURRENT"),
    },
  });
  app.openapi(route, async (c) => {
    await manager.keys.revoke(c.get("instanceId"), c.req.valid("param").keyId);
    return c.json({ success: true as const, message: "API key revoked successfully" }, 200);
  });
}
