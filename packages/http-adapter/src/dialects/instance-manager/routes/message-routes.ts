import { createRoute } from "@hono/zod-openapi";
import { limitBody } from "../../../limit-body.ts";
import { presentMessage } from "../present.ts";
import { additionRefusals, BODY_REFUSALS } from "../refusals.ts";
import {
  ADDITION,
  addition,
  answer,
  INSTANCE_PATH,
  type InstanceManagerApp,
  jsonBodyOf,
  type RouteKit,
  security,
} from "../route-kit.ts";
import { instanceParamsSchema } from "../schemas/common.ts";
import {
  MESSAGE_EXAMPLE,
  messageAnswerSchema,
  messageParamsSchema,
  sendHeadersSchema,
} from "../schemas/message.ts";
import { sendBodySchema, toSending } from "../schemas/outgoing/send-body.ts";
import { SEND_EXAMPLES } from "../schemas/outgoing/send-examples.ts";

const tags = ["Messages"];

/** Sends messages and tells how far they got. The document has no way to; these routes are ours. */
export function addMessageRoutes(app: InstanceManagerApp, kit: RouteKit): void {
  addSendRoute(app, kit);
  addMessageRoute(app, kit);
}

function addSendRoute(app: InstanceManagerApp, { manager, options, guards }: RouteKit): void {
  const { maxMessageBodyBytes } = options;
  const route = createRoute({
    ...ADDITION,
    "x-max-body-bytes": maxMessageBodyBytes,
    method: "post",
    path: `${INSTANCE_PATH}/messages`,
    tags,
    security,
    operationId: "sendMessage",
    summary: "Sends a message; waits a while for the platform to take it",
    middleware: [addition, guards.instance, limitBody(maxMessageBodyBytes)] as const,
    request: {
      params: instanceParamsSchema,
      headers: sendHeadersSchema,
      body: jsonBodyOf(sendBodySchema, SEND_EXAMPLES),
    },
    responses: {
      200: answer("The message as far as it is known", messageAnswerSchema, {
        success: true,
        data: MESSAGE_EXAMPLE,
      }),
      ...additionRefusals(
        ...BODY_REFUSALS,
        "INSTANCE_NOT_FOUND",
        "INSTANCE_NOT_RUNNING",
        "IDEMPOTENCY_KEY_REUSED",
        "MEDIA_UNREADABLE",
        "MEDIA_TARGET_REFUSED",
        "MEDIA_TOO_LARGE",
        "MEDIA_NOT_FOUND",
        "MEDIA_EXPIRED",
        "MEDIA_STORE_FAILED",
        "PLATFORM_UNREACHABLE",
        "FFMPEG_MISSING",
        "CAPABILITY_MISSING",
      ),
    },
  });
  app.openapi(route, async (c) => {
    const { chatId, content } = toSending(c.req.valid("json"));
    const idempotencyKey = c.req.valid("header")["idempotency-key"];
    const view = await manager.send(c.get("instanceId"), chatId, content, {
      until: "sent",
      timeoutMs: options.waitMs,
      signal: c.req.raw.signal,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
    return c.json({ success: true as const, data: presentMessage(view) }, 200);
  });
}

function addMessageRoute(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "get",
    path: `${INSTANCE_PATH}/messages/{messageId}`,
    tags,
    security,
    operationId: "getMessage",
    summary: "How far a message got, by the id that sending it answered",
    middleware: [addition, guards.instance] as const,
    request: { params: messageParamsSchema },
    responses: {
      200: answer("The message", messageAnswerSchema, { success: true, data: MESSAGE_EXAMPLE }),
      ...additionRefusals("INSTANCE_NOT_FOUND", "MESSAGE_NOT_FOUND"),
    },
  });
  app.openapi(route, async (c) => {
    const instanceId = c.get("instanceId");
    // An instance that nobody knows is told as such, and not as a message that it does not have.
    await manager.get(instanceId);
    const view = await manager.message(instanceId, c.req.valid("param").messageId);
    return c.json({ success: true as const, data: presentMessage(view) }, 200);
  });
}
