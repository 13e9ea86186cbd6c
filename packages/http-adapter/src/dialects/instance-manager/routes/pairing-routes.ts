import { createRoute } from "@hono/zod-openapi";
import { isOrquestaError, OrquestaError, type PairingChallenge } from "@orquesta/core";
import type { ManagerApi } from "../../../manager-api.ts";
import { presentAuthStatus } from "../present.ts";
import { createQrCode } from "../qr-code.ts";
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
import { instanceParamsSchema } from "../schemas/common.ts";
import {
  AUTH_STATUS_EXAMPLE,
  authStatusAnswerSchema,
  PAIRING_CODE_BODY_EXAMPLE,
  PAIRING_CODE_EXAMPLE,
  pairingCodeAnswerSchema,
  pairingCodeBodySchema,
  QR_EXAMPLE,
  qrAnswerSchema,
} from "../schemas/pairing.ts";

const tags = ["Authentication"];

/** Links an account, and shows how far that is. */
export function addPairingRoutes(app: InstanceManagerApp, kit: RouteKit): void {
  addQrRoute(app, kit);
  addPairingCodeRoute(app, kit);
  addAuthStatusRoute(app, kit);
}

/** Waiting was in vain: says what the instance is doing instead, where that is known. */
async function noneYet(manager: ManagerApi, id: string, what: string): Promise<OrquestaError> {
  const { reason } = await manager.get(id);
  const why = reason === null ? "" : ` (${reason})`;
  return new OrquestaError("CHALLENGE_UNAVAILABLE", `there is no ${what} yet${why}; try again`);
}

/** Not yet, not any more, or never. */
const NO_CHALLENGE = ["TIMED_OUT", "CHALLENGE_UNAVAILABLE", "CAPABILITY_MISSING"] as const;

function addQrRoute(app: InstanceManagerApp, { manager, options, guards }: RouteKit): void {
  const route = createRoute({
    method: "get",
    path: `${INSTANCE_PATH}/qr`,
    tags,
    security,
    operationId: "getQrCode",
    summary: "The QR code to scan; waits for the first one while the session opens",
    middleware: [guards.instance] as const,
    request: { params: instanceParamsSchema },
    responses: {
      200: answer("The QR code", qrAnswerSchema, { success: true, data: QR_EXAMPLE }),
      ...refusals("INSTANCE_NOT_FOUND", "CAPABILITY_MISSING", "CHALLENGE_UNAVAILABLE"),
    },
  });

  async function findQr(id: string, signal: AbortSignal): Promise<string> {
    let challenge: PairingChallenge;
    try {
      challenge = await manager.challenge(id, { signal, timeoutMs: options.waitMs });
    } catch (error) {
      throw isOrquestaError(error, "TIMED_OUT") ? await noneYet(manager, id, "QR code") : error;
    }
    if (challenge.type === "qr") return challenge.value;
    throw new OrquestaError(
      "CHALLENGE_UNAVAILABLE",
      challenge.type === "passkey"
        ? challenge.message
        : `the instance pairs by a code until ${challenge.expiresAt}, not by QR code`,
    );
  }

  app.openapi(route, async (c) => {
    const { image, link } = await createQrCode(await findQr(c.get("instanceId"), c.req.raw.signal));
    return c.json({ success: true as const, data: { qr_url: image, url: link } }, 200);
  });
}

function addPairingCodeRoute(
  app: InstanceManagerApp,
  { manager, options, guards, limitBody }: RouteKit,
): void {
  const route = createRoute({
    ...ADDITION,
    method: "post",
    path: `${INSTANCE_PATH}/pairing-code`,
    tags,
    security,
    operationId: "requestPairingCode",
    summary: "A code to type into the account's phone, for those who cannot scan",
    middleware: [addition, guards.instance, limitBody] as const,
    request: {
      params: instanceParamsSchema,
      body: jsonBody(pairingCodeBodySchema, PAIRING_CODE_BODY_EXAMPLE),
    },
    responses: {
      200: answer("The code", pairingCodeAnswerSchema, {
        success: true,
        data: PAIRING_CODE_EXAMPLE,
      }),
      ...additionRefusals(
        ...BODY_REFUSALS,
        "INSTANCE_NOT_FOUND",
        "INSTANCE_NOT_RUNNING",
        "CHALLENGE_UNAVAILABLE",
        "CAPABILITY_MISSING",
      ),
    },
  });
  app.openapi(route, async (c) => {
    const id = c.get("instanceId");
    const { phone, code } = c.req.valid("json");
    const wait = { timeoutMs: options.waitMs, signal: c.req.raw.signal };
    try {
      const { value, expiresAt } = await manager.pair(id, { phone, code, ...wait });
      const data = { code: value, expires_at: expiresAt };
      return c.json({ success: true as const, data }, 200);
    } catch (error) {
      throw isOrquestaError(error, "TIMED_OUT")
        ? await noneYet(manager, id, "pairing code")
        : error;
    }
  });
}

function addAuthStatusRoute(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    method: "get",
    path: `${INSTANCE_PATH}/auth-status`,
    tags,
    security,
    operationId: "getAuthStatus",
    summary: "Whether the account is authenticated",
    middleware: [guards.instance] as const,
    request: { params: instanceParamsSchema },
    responses: {
      200: answer("How far it is", authStatusAnswerSchema, {
        success: true,
        data: AUTH_STATUS_EXAMPLE,
      }),
      ...refusals("INSTANCE_NOT_FOUND"),
    },
  });

  async function findChallenge(id: string): Promise<PairingChallenge | null> {
    try {
      return await manager.challenge(id, { timeoutMs: 0 });
    } catch (error) {
      if (NO_CHALLENGE.some((code) => isOrquestaError(error, code))) return null;
      throw error;
    }
  }

  app.openapi(route, async (c) => {
    const id = c.get("instanceId");
    const data = presentAuthStatus(await manager.get(id), await findChallenge(id));
    return c.json({ success: true as const, data }, 200);
  });
}
