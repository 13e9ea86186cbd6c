import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { ERROR_CODES, isOrquestaError } from "@orquesta/core";
import type { DialectContext, DialectEnv } from "../../dialect.ts";
import { mediaResponse } from "../../media-response.ts";

const refusalSchema = z
  .object({
    success: z.literal(false),
    error: z.object({ type: z.string(), message: z.string() }),
  })
  .openapi("MediaRefusal");

const refusal = (description: string) => ({
  description,
  content: { "application/json": { schema: refusalSchema } },
});
const bytes = { "*/*": { schema: z.any().openapi({ format: "binary" }) } };

const mediaRoute = createRoute({
  method: "get",
  path: "/media/{token}",
  operationId: "getMediaByLink",
  tags: ["Media"],
  summary: "A medium that came in, by the link that a webhook told; needs no key",
  security: [],
  request: { params: z.object({ token: z.string().max(4096) }) },
  responses: {
    200: { description: "The bytes, in their own media type", content: bytes },
    206: { description: "The part that was asked for", content: bytes },
    404: refusal("The link is none of this server's, or the medium is nowhere"),
    409: refusal("The medium is not kept yet, and its instance is not running"),
    410: refusal("The link has expired, or the platform has the medium no more"),
    413: refusal("The medium is larger than is allowed here"),
    416: { description: "There is no such part" },
    500: refusal("The server failed"),
    503: refusal("The medium could not be fetched now"),
  },
});

const STATUSES = [404, 409, 410, 413, 500, 503] as const;

/** Media for whoever has a link: browsers and systems that have no key. */
export function addMediaRoute(
  app: OpenAPIHono<DialectEnv>,
  { manager, options }: DialectContext,
): void {
  app.openapi(mediaRoute, async (c) => {
    try {
      const place = await manager.media.resolveLink(c.req.valid("param").token);
      return await mediaResponse(manager, place, c.req.raw);
    } catch (error) {
      const status = statusOf(error);
      if (status === 500) {
        options.logger.error("request failed", { error, requestId: c.env.requestId });
      }
      const { type, message } = wordsOf(status);
      return c.json({ success: false as const, error: { type, message } }, status);
    }
  });
}

function statusOf(error: unknown): (typeof STATUSES)[number] {
  if (!isOrquestaError(error)) return 500;
  const { status, retryable } = ERROR_CODES[error.code];
  return STATUSES.find((known) => known === status) ?? (retryable ? 503 : 404);
}

/** Nothing that tells a stranger about the instance. */
function wordsOf(status: (typeof STATUSES)[number]): { type: string; message: string } {
  switch (status) {
    case 404:
      return { type: "NotFoundError", message: "there is no such medium" };
    case 410:
      return { type: "GoneError", message: "the link or the medium has expired" };
    case 413:
      return { type: "PayloadTooLargeError", message: "the medium is too large" };
    case 500:
      return { type: "InternalError", message: "something went wrong on the server" };
    default:
      return { type: "UnavailableError", message: "the medium cannot be fetched now" };
  }
}
