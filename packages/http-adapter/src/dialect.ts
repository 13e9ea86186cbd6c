import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ResolvedHandlerOptions } from "./handler-options.ts";
import type { ManagerApi } from "./manager-api.ts";

/** What the front door knows about a request before a dialect sees it. */
export interface RequestContext {
  readonly requestId: string;
}

export interface DialectEnv {
  readonly Bindings: RequestContext;
}

/** What a dialect is built from. */
export interface DialectContext {
  readonly manager: ManagerApi;
  readonly options: ResolvedHandlerOptions;
}

/**
 * One documented HTTP API over the engine. It answers everything below its base paths, its errors,
 * unknown routes and unreadable bodies included: the path decides whose words an error has.
 */
export interface Dialect {
  /** Whole segments: `/api/v1` owns `/api/v1` and `/api/v1/x`, never `/api/v1x`. `/` owns the rest. */
  readonly basePaths: readonly string[];
  answer(request: Request, context: RequestContext): Response | Promise<Response>;
  /** Adds the dialect's routes to an OpenAPI document. */
  describe(document: OpenAPIHono): void;
}

export function toDialect<Env extends DialectEnv>(
  basePaths: readonly string[],
  app: OpenAPIHono<Env>,
): Dialect {
  return {
    basePaths,
    answer: (request, context) => app.fetch(request, context),
    describe: (document) => void document.route("/", app),
  };
}

function owns(basePath: string, path: string): boolean {
  return basePath === "/" || path === basePath || path.startsWith(`${basePath}/`);
}

/** The dialect with the longest base path that owns `path`. */
export function findDialect(dialects: readonly Dialect[], path: string): Dialect | undefined {
  let best: { dialect: Dialect; length: number } | undefined;
  for (const dialect of dialects) {
    for (const basePath of dialect.basePaths) {
      if (!owns(basePath, path) || (best && best.length >= basePath.length)) continue;
      best = { dialect, length: basePath.length };
    }
  }
  return best?.dialect;
}
