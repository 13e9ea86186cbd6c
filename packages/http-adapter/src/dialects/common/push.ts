import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { isOrquestaError, waitFor } from "@orquesta/core";
import type { Context } from "hono";
import type { DialectContext, DialectEnv } from "../../dialect.ts";
import { limitBody } from "../../limit-body.ts";
import { PUSH_PATH } from "../../push-url.ts";
import { RequestFault } from "../../request-fault.ts";

/** What the platform learns: all but 204 has it post the update again, until it gives up. */
const REFUSALS = {
  400: { type: "ValidationError", message: "this is no update of the platform" },
  401: { type: "UnauthorizedError", message: "the secret of the webhook is not right" },
  404: { type: "NotFoundError", message: "there is no instance here that takes updates" },
  413: { type: "PayloadTooLargeError", message: "the update is too large" },
  503: { type: "UnavailableError", message: "the instance is not connected; post it again" },
} as const;

type RefusalStatus = keyof typeof REFUSALS;

const STATUSES: Readonly<Record<string, RefusalStatus>> = {
  VALIDATION_FAILED: 400,
  PUSH_REFUSED: 401,
  INSTANCE_NOT_FOUND: 404,
  CAPABILITY_MISSING: 404,
};

const refusalSchema = z
  .object({
    success: z.literal(false),
    error: z.object({ type: z.string(), message: z.string() }),
  })
  .openapi("PushRefusal");

const content = { "application/json": { schema: refusalSchema } };
const refusals = Object.fromEntries(
  Object.entries(REFUSALS).map(([status, { message }]) => [
    status,
    { description: `${message.charAt(0).toUpperCase()}${message.slice(1)}`, content },
  ]),
);

const pushRoute = createRoute({
  method: "post",
  path: `${PUSH_PATH}/{instanceId}`,
  operationId: "pushUpdate",
  tags: ["Server"],
  security: [],
  summary: "Takes an update that the platform posts; it proves itself by the webhook's secret",
  description:
    "For platforms, not for people: Telegram posts here when an instance has `updates: webhook`. It is answered when the update is on disk; whatever is posted again is told once.",
  request: { params: z.object({ instanceId: z.string().min(1).max(128) }) },
  responses: { 204: { description: "The update is durable" }, ...refusals },
});

/** The door for platforms that post their updates. It has no key: the session checks who is there. */
export function addPushRoute(
  app: OpenAPIHono<DialectEnv>,
  { manager, options }: DialectContext,
): void {
  app.use(`${PUSH_PATH}/*`, async (c, next) => {
    try {
      return await limitBody(options.maxBodyBytes)(c, next);
    } catch (error) {
      if (!(error instanceof RequestFault)) throw error;
      return refuse(c, error.code === "PAYLOAD_TOO_LARGE" ? 413 : 400);
    }
  });

  app.openapi(pushRoute, async (c) => {
    const { instanceId } = c.req.valid("param");
    const headers = Object.fromEntries(c.req.raw.headers);
    const body = new Uint8Array(await c.req.arrayBuffer());
    try {
      const taken = manager.push(instanceId, { headers, body });
      await waitFor(taken, "an update to be stored", { timeoutMs: options.operationTimeoutMs });
      return c.body(null, 204);
    } catch (error) {
      const code = isOrquestaError(error) ? error.code : "";
      const status = STATUSES[code] ?? 503;
      // The body holds what people wrote, the headers the secret: neither is logged.
      if (status === 503) {
        const { requestId } = c.env;
        options.logger.warn("an update was not taken", { instanceId, code, requestId, error });
      }
      return refuse(c, status);
    }
  });
}

function refuse(c: Context<DialectEnv>, status: RefusalStatus): Response {
  return c.json({ success: false, error: REFUSALS[status] }, status);
}
