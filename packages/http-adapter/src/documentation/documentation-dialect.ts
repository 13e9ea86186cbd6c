import { OpenAPIHono } from "@hono/zod-openapi";
import type { Dialect, DialectContext, DialectEnv } from "../dialect.ts";
import { createOpenApiDocument } from "./openapi-document.ts";
import type { OpenApiDocument } from "./operations.ts";
import { createPostmanCollection } from "./postman-collection.ts";
import { readSwaggerFile, SWAGGER_HEADERS } from "./swagger-files.ts";

export const OPENAPI_PATH = "/openapi.json";
export const POSTMAN_PATH = "/postman.json";
export const SWAGGER_PATH = "/swagger";
export const SWAGGER_PAGE_PATH = `${SWAGGER_PATH}/index.html`;
/** Everything below these belongs to the documentation, which does not describe itself. */
export const DOCUMENTATION_PATHS = [OPENAPI_PATH, POSTMAN_PATH, SWAGGER_PATH] as const;

/** Addresses are relative: behind a prefix, nobody here knows what the browser asked for. */
function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } });
}

/**
 * The API's description for programs (`/openapi.json`), for Postman (`/postman.json`) and for people
 * (`/swagger/index.html`). It holds no data and needs no key; trying a route out does.
 */
export function createDocumentationDialect(
  { options }: DialectContext,
  documented: readonly Dialect[],
): Dialect {
  const app = new OpenAPIHono<DialectEnv>();
  let made: OpenApiDocument | undefined;
  // Made on the first request: most starts of a server are never asked.
  const openApi = () => (made ??= createOpenApiDocument(documented, options));

  app.get(OPENAPI_PATH, (c) => c.json(openApi()));
  app.get(POSTMAN_PATH, (c) => {
    const baseUrl = options.publicUrl ?? new URL(c.req.url).origin;
    return c.json(createPostmanCollection(openApi(), baseUrl));
  });
  app.get(SWAGGER_PATH, () => redirect("swagger/index.html"));
  app.get(`${SWAGGER_PATH}/`, () => redirect("index.html"));
  app.get(`${SWAGGER_PATH}/:file`, async (c) => {
    const file = await readSwaggerFile(c.req.param("file"));
    if (file === undefined) return c.notFound();
    return c.body(file.bytes, 200, { ...SWAGGER_HEADERS, "content-type": file.type });
  });
  app.notFound((c) => {
    const message = "the documentation has no such page";
    return c.json({ success: false, error: { type: "NotFoundError", message } }, 404);
  });
  app.onError((error, c) => {
    options.logger.error("documentation failed", { error, requestId: c.env.requestId });
    const message = "the documentation cannot be shown";
    return c.json({ success: false, error: { type: "InternalError", message } }, 500);
  });

  return {
    basePaths: DOCUMENTATION_PATHS,
    answer: (request, context) => app.fetch(request, context),
    describe: () => undefined,
  };
}
