import { createRoute } from "@hono/zod-openapi";
import { isOrquestaError, OrquestaError } from "@orquesta/core";
import { presentAuthStatus } from "../present.ts";
import { createQrCode } from "../qr-code.ts";
import {
  answer,
  INSTANCE_ERRORS,
  INSTANCE_PATH,
  type InstanceManagerApp,
  type RouteKit,
  security,
} from "../route-kit.ts";
import { instanceParamsSchema } from "../schemas/common.ts";
import { authStatusAnswerSchema, qrAnswerSchema } from "../schemas/pairing.ts";

const tags = ["Authentication"];

/** Shows how an account is paired and whether it is. */
export function addPairingRoutes(app: InstanceManagerApp, kit: RouteKit): void {
  addQrRoute(app, kit);
  addAuthStatusRoute(app, kit);
}

function addQrRoute(app: InstanceManagerApp, { manager, options, guards }: RouteKit): void {
  const route = createRoute({
    method: "get",
    path: `${INSTANCE_PATH}/qr`,
    tags,
    security,
    summary: "The QR code to scan; waits for the first one while the session opens",
    middleware: [guards.instance] as const,
    request: { params: instanceParamsSchema },
    responses: { 200: answer("The QR code", qrAnswerSchema), ...INSTANCE_ERRORS },
  });

  async function findQr(id: string, signal: AbortSignal): Promise<string> {
    try {
      const challenge = await manager.challenge(id, { signal, timeoutMs: options.waitMs });
      if (challenge.type === "qr") return challenge.value;
    } catch (error) {
      if (!isOrquestaError(error, "TIMED_OUT")) throw error;
      throw new OrquestaError("CHALLENGE_UNAVAILABLE", "there is no QR code yet; try again");
    }
    throw new OrquestaError("CHALLENGE_UNAVAILABLE", "the instance pairs by code, not by QR code");
  }

  app.openapi(route, async (c) => {
    const { image, link } = await createQrCode(await findQr(c.get("instanceId"), c.req.raw.signal));
    return c.json({ success: true as const, data: { qr_url: image, url: link } }, 200);
  });
}

function addAuthStatusRoute(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    method: "get",
    path: `${INSTANCE_PATH}/auth-status`,
    tags,
    security,
    summary: "Whether the account is authenticated",
    middleware: [guards.instance] as const,
    request: { params: instanceParamsSchema },
    responses: { 200: answer("How far it is", authStatusAnswerSchema), ...INSTANCE_ERRORS },
  });
  app.openapi(route, async (c) => {
    const data = presentAuthStatus(await manager.get(c.get("instanceId")));
    return c.json({ success: true as const, data }, 200);
  });
}
