import { createRoute, z } from "@hono/zod-openapi";
import { mediaResponse } from "../../../media-response.ts";
import { additionRefusals } from "../refusals.ts";
import {
  ADDITION,
  addition,
  INSTANCE_PATH,
  type InstanceManagerApp,
  type RouteKit,
  security,
} from "../route-kit.ts";
import { instanceParamsSchema } from "../schemas/common.ts";

const bytes = { "*/*": { schema: z.any().openapi({ format: "binary" }) } };

/** Gives what an instance received. The document has no way to; this route is ours. */
export function addMediaRoutes(app: InstanceManagerApp, { manager, guards }: RouteKit): void {
  const route = createRoute({
    ...ADDITION,
    method: "get",
    path: `${INSTANCE_PATH}/media/{mediaId}`,
    tags: ["Messages"],
    security,
    operationId: "getMedia",
    summary: "A medium that came in, by the id in its message; fetched from the platform once",
    middleware: [addition, guards.instance] as const,
    request: { params: instanceParamsSchema.extend({ mediaId: z.string().min(1).max(256) }) },
    responses: {
      200: { description: "The bytes, in their own media type", content: bytes },
      206: { description: "The part that was asked for", content: bytes },
      416: { description: "There is no such part" },
      ...additionRefusals(
        "INSTANCE_NOT_FOUND",
        "INSTANCE_NOT_RUNNING",
        "MEDIA_TOO_LARGE",
        "MEDIA_EXPIRED",
        "MEDIA_STORE_FAILED",
        "PLATFORM_UNREACHABLE",
        "CAPABILITY_MISSING",
        "MEDIA_NOT_FOUND",
      ),
    },
  });
  app.openapi(route, async (c) => {
    const place = { instanceId: c.get("instanceId"), mediaId: c.req.valid("param").mediaId };
    return await mediaResponse(manager, place, c.req.raw);
  });
}
