import { createRoute, type z } from "@hono/zod-openapi";
import type { CreateInstance, InstanceView } from "@orquesta/core";
import type { ManagerApi } from "../../../manager-api.ts";
import { apiPortOf } from "../present.ts";
import { BODY_REFUSALS, refusals } from "../refusals.ts";
import {
  answer,
  INSTANCES_PATH,
  type InstanceManagerApp,
  jsonBody,
  type RouteKit,
  security,
} from "../route-kit.ts";
import {
  CREATE_EXAMPLE,
  CREATED_EXAMPLE,
  createBodySchema,
  createdSchema,
} from "../schemas/instance.ts";

type CreateBody = z.output<typeof createBodySchema>;

/** The document has a name of its own for a bot's token. */
function settingsOf(provider: string, config: NonNullable<CreateBody["config"]>) {
  if (provider !== "telegram") return config;
  const { bot_token: token, ...settings } = config;
  return { ...settings, token };
}

function toCreateInstance(body: CreateBody): CreateInstance {
  const webhook = body.api_webhook_schema;
  return {
    provider: body.provider,
    companyId: body.company_id,
    start: true,
    metadata: { type_instance: body.type_instance },
    webhooks: webhook
      ? [
          {
            url: webhook.url,
            headers: webhook.headers ?? {},
            enabled: webhook.enabled ?? true,
            shape: "instance-manager",
          },
        ]
      : [],
    ...(body.config && { settings: settingsOf(body.provider, body.config) }),
  };
}

/** An instance that nobody was told about must not stay behind. */
async function keyOrRemove(manager: ManagerApi, { id }: InstanceView): Promise<string> {
  try {
    return (await manager.keys.current(id)).key;
  } catch (error) {
    await manager.remove(id).catch(() => undefined);
    throw error;
  }
}

/** Creates an instance and starts it, so that its QR code exists soon. */
export function addCreateRoute(
  app: InstanceManagerApp,
  { manager, options, guards, limitBody }: RouteKit,
): void {
  const route = createRoute({
    method: "post",
    path: INSTANCES_PATH,
    operationId: "createInstance",
    tags: ["Instances"],
    security,
    summary: "Creates an instance and starts it",
    middleware: [guards.operator, limitBody] as const,
    request: { body: jsonBody(createBodySchema, CREATE_EXAMPLE) },
    responses: {
      200: answer("It is created and starting", createdSchema, CREATED_EXAMPLE),
      ...refusals(
        ...BODY_REFUSALS,
        "PROVIDER_UNKNOWN",
        "PROVIDER_LIBRARY_MISSING",
        "PLATFORM_UNREACHABLE",
        "PROXY_FAILED",
        "WEBHOOK_TARGET_REFUSED",
        "INSTANCE_LIMIT_REACHED",
      ),
    },
  });
  app.openapi(route, async (c) => {
    const view = await manager.create(toCreateInstance(c.req.valid("json")));
    const details = {
      ports: { api: await apiPortOf(c, options, view.id) },
      api_key: await keyOrRemove(manager, view),
    };
    const created = {
      success: true as const,
      instance_id: view.id,
      message: "Instance created successfully",
      process_result: { success: true as const, details },
    };
    return c.json(created, 200);
  });
}
