import { createRoute } from "@hono/zod-openapi";
import { limitBody } from "../../../limit-body.ts";
import { apiPortOf, presentInstance, presentSessionArchive } from "../present.ts";
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
  adoptedSchema,
  archiveListSchema,
  EXPORT_EXAMPLE,
  exportBodySchema,
  exportedSchema,
  IMPORT_EXAMPLE,
  importBodySchema,
  MAX_IMPORT_BYTES,
  RESTORE_EXAMPLE,
  restoreBodySchema,
} from "../schemas/session.ts";

const tags = ["Sessions"];

/** Takes the session of an instance out, puts one in, and gives back one that was logged out; all of it is the operator's. */
export function addSessionRoutes(app: InstanceManagerApp, kit: RouteKit): void {
  addExportRoute(app, kit);
  addImportRoute(app, kit);
  addArchivesRoute(app, kit);
  addRestoreRoute(app, kit);
}

function addExportRoute(
  app: InstanceManagerApp,
  { manager, guards, limitBody: limit }: RouteKit,
): void {
  const route = createRoute({
    ...ADDITION,
    method: "post",
    path: `${INSTANCE_PATH}/session/export`,
    tags,
    security,
    operationId: "exportSession",
    summary: "The session of a stopped instance, sealed under a passphrase",
    middleware: [addition, guards.operatorOfInstance, limit] as const,
    request: { params: instanceParamsSchema, body: jsonBody(exportBodySchema, EXPORT_EXAMPLE) },
    responses: {
      200: answer("The sealed session", exportedSchema),
      ...additionRefusals(
        ...BODY_REFUSALS,
        "INSTANCE_NOT_FOUND",
        "INSTANCE_RUNNING",
        "INSTANCE_NOT_PAIRED",
        "CAPABILITY_MISSING",
        "SESSION_KEYS_UNREADABLE",
      ),
    },
  });
  app.openapi(route, async (c) => {
    const bytes = await manager.sessions.export(c.get("instanceId"), c.req.valid("json"));
    const data = { session: Buffer.from(bytes).toString("base64"), bytes: bytes.length };
    return c.json({ success: true as const, data }, 200, { "cache-control": "no-store" });
  });
}

function addImportRoute(app: InstanceManagerApp, { manager, options, guards }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    "x-max-body-bytes": MAX_IMPORT_BYTES,
    method: "post",
    path: `${INSTANCE_PATH}/session/import`,
    tags,
    security,
    operationId: "importSession",
    summary: "Puts an exported session into an instance that is not paired and not running",
    middleware: [addition, guards.operatorOfInstance, limitBody(MAX_IMPORT_BYTES)] as const,
    request: { params: instanceParamsSchema, body: jsonBody(importBodySchema, IMPORT_EXAMPLE) },
    responses: {
      200: answer("The instance, paired and stopped", adoptedSchema),
      ...additionRefusals(
        ...BODY_REFUSALS,
        "INSTANCE_NOT_FOUND",
        "INSTANCE_RUNNING",
        "INSTANCE_PAIRED",
        "CAPABILITY_MISSING",
        "SESSION_EXPORT_DAMAGED",
        "SESSION_EXPORT_UNSUPPORTED",
        "SESSION_PASSPHRASE_WRONG",
        "SESSION_PROVIDER_MISMATCH",
      ),
    },
  });
  app.openapi(route, async (c) => {
    const { session, passphrase } = c.req.valid("json");
    const bytes = Buffer.from(session, "base64");
    const view = await manager.sessions.import(c.get("instanceId"), bytes, { passphrase });
    const data = presentInstance(view, await apiPortOf(c, options, view.id));
    return c.json({ success: true as const, message: "Session imported successfully", data }, 200);
  });
}

function addArchivesRoute(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "get",
    path: `${INSTANCE_PATH}/session/archives`,
    tags,
    security,
    operationId: "listSessionArchives",
    summary: "Sessions that the instance was logged out of, newest first",
    middleware: [addition, guards.operatorOfInstance] as const,
    request: { params: instanceParamsSchema },
    responses: {
      200: answer("The archives", archiveListSchema),
      ...additionRefusals("INSTANCE_NOT_FOUND"),
    },
  });
  app.openapi(route, async (c) => {
    const archives = await manager.sessions.archives(c.get("instanceId"));
    const data = archives.map(presentSessionArchive);
    return c.json({ success: true as const, data }, 200);
  });
}

function addRestoreRoute(
  app: InstanceManagerApp,
  { manager, options, guards, limitBody: limit }: RouteKit,
): void {
  const route = createRoute({
    ...ADDITION,
    method: "post",
    path: `${INSTANCE_PATH}/session/restore`,
    tags,
    security,
    operationId: "restoreSession",
    summary: "Gives an instance that is not running a session back that it was logged out of",
    middleware: [addition, guards.operatorOfInstance, limit] as const,
    request: { params: instanceParamsSchema, body: jsonBody(restoreBodySchema, RESTORE_EXAMPLE) },
    responses: {
      200: answer("The instance, paired and stopped", adoptedSchema),
      ...additionRefusals(
        ...BODY_REFUSALS,
        "INSTANCE_NOT_FOUND",
        "INSTANCE_RUNNING",
        "INSTANCE_PAIRED",
        "SESSION_ARCHIVE_NOT_FOUND",
      ),
    },
  });
  app.openapi(route, async (c) => {
    const { archive_id: archiveId } = c.req.valid("json");
    const view = await manager.sessions.restore(c.get("instanceId"), archiveId);
    const data = presentInstance(view, await apiPortOf(c, options, view.id));
    return c.json({ success: true as const, message: "Session restored successfully", data }, 200);
  });
}
