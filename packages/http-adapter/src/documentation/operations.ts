import type { OpenAPIHono } from "@hono/zod-openapi";

export type OpenApiDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;
type PathItem = NonNullable<OpenApiDocument["paths"]>[string];
export type Operation = NonNullable<PathItem["get"]>;

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

export interface DescribedOperation {
  /** Lower case. */
  readonly method: (typeof METHODS)[number];
  /** With `{names}` in braces. */
  readonly path: string;
  readonly operation: Operation;
}

/** Every operation of a document, in its order. */
export function operationsOf(document: OpenApiDocument): DescribedOperation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ method, path, operation }] : [];
    }),
  );
}
