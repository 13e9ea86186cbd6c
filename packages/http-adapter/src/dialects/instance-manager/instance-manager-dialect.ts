import { OpenAPIHono } from "@hono/zod-openapi";
import { OrquestaError } from "@orquesta/core";
import type { ZodError } from "zod";
import { type Dialect, type DialectContext, toDialect } from "../../dialect.ts";
import { limitBody } from "../../limit-body.ts";
import { RequestFault } from "../../request-fault.ts";
import { createGuards, type InstanceManagerEnv } from "./auth.ts";
import { toErrorAnswer } from "./errors.ts";
import { BASE_PATH, type InstanceManagerApp, type RouteKit } from "./route-kit.ts";
import { addCreateRoute } from "./routes/create-route.ts";
import { addDeliveryRoutes } from "./routes/delivery-routes.ts";
import { addEventRoutes } from "./routes/event-routes.ts";
import { addInstanceRoutes } from "./routes/instance-routes.ts";
import { addKeyRoutes } from "./routes/key-routes.ts";
import { addLifecycleRoutes } from "./routes/lifecycle-routes.ts";
import { addLogRoutes } from "./routes/log-routes.ts";
import { addMediaRoutes } from "./routes/media-routes.ts";
import { addMessageRoutes } from "./routes/message-routes.ts";
import { addPairingRoutes } from "./routes/pairing-routes.ts";
import { addSessionRoutes } from "./routes/session-routes.ts";
import { addWebhookRoutes } from "./routes/webhook-routes.ts";

function validationFailed(error: ZodError): OrquestaError {
  const details = error.issues.map(({ path, message }) => ({ field: path.join("."), message }));
  const [first] = details;
  const message = first?.field
    ? `${first.field}: ${first.message}`
    : (first?.message ?? "not valid");
  return new OrquestaError("VALIDATION_FAILED", message, { details });
}

function addErrorAnswers(app: InstanceManagerApp, { options }: DialectContext): void {
  app.notFound((c) => {
    const fault = new RequestFault("NOT_FOUND", `there is no route ${c.req.method} ${c.req.path}`);
    const { status, body } = toErrorAnswer(fault, false);
    return c.json(body, status);
  });
  app.onError((error, c) => {
    const { status, body, isOurFault } = toErrorAnswer(error, c.get("isAddition") ?? false);
    const requestId = c.env.requestId;
    if (isOurFault) options.logger.error("request failed", { requestId, code: body.code, error });
    return c.json(body, status);
  });
}

/** The Instance Manager API: `/api/v1/instances`, keys in `x-api-key`, errors with a code. */
export function createInstanceManagerDialect(context: DialectContext): Dialect {
  const app: InstanceManagerApp = new OpenAPIHono<InstanceManagerEnv>({
    defaultHook: (result) => {
      if (!result.success) throw validationFailed(result.error);
    },
  });
  const kit: RouteKit = {
    ...context,
    guards: createGuards(context),
    limitBody: limitBody(context.options.maxBodyBytes),
  };
  addErrorAnswers(app, context);
  addCreateRoute(app, kit);
  addInstanceRoutes(app, kit);
  addKeyRoutes(app, kit);
  addLifecycleRoutes(app, kit);
  addPairingRoutes(app, kit);
  addLogRoutes(app, kit);
  addMessageRoutes(app, kit);
  addMediaRoutes(app, kit);
  addEventRoutes(app, kit);
  addSessionRoutes(app, kit);
  addWebhookRoutes(app, kit);
  addDeliveryRoutes(app, kit);
  return toDialect([BASE_PATH], app);
}
