import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { ZodType, z } from "zod";
import type { DialectContext } from "../../dialect.ts";
import type { Guards, InstanceManagerEnv } from "./auth.ts";

export const BASE_PATH = "/api/v1";
export const INSTANCES_PATH = `${BASE_PATH}/instances`;
export const INSTANCE_PATH = `${INSTANCES_PATH}/{instanceId}`;

export type InstanceManagerApp = OpenAPIHono<InstanceManagerEnv>;

/** What each file of routes is given. */
export interface RouteKit extends DialectContext {
  readonly guards: Guards;
  readonly limitBody: MiddlewareHandler;
}

/** Common to all routes of the dialect. */
export const security = [{ apiKey: [] }, { bearer: [] }];

/** Marks a route that the document does not have: it may answer with more statuses. */
export const addition: MiddlewareHandler<InstanceManagerEnv> = async (c, next) => {
  c.set("isAddition", true);
  await next();
};

/** Says the same in the OpenAPI document. */
export const ADDITION = { "x-addition": true } as const;

export function jsonBody<Schema extends ZodType>(
  schema: Schema,
  example?: z.input<NoInfer<Schema>>,
) {
  const content = example === undefined ? { schema } : { schema, example };
  return { required: true, content: { "application/json": content } };
}

/** The same with several examples, by their names. */
export function jsonBodyOf<Schema extends ZodType>(
  schema: Schema,
  examples: Readonly<Record<string, z.input<NoInfer<Schema>>>>,
) {
  const named = Object.entries(examples).map(([name, value]) => [name, { value }]);
  const content = { schema, examples: Object.fromEntries(named) };
  return { required: true, content: { "application/json": content } };
}

/** `example`: what the answer looks like; it has to fit the schema. */
export function answer<Schema extends ZodType>(
  description: string,
  schema: Schema,
  example?: z.input<NoInfer<Schema>>,
) {
  const content = example === undefined ? { schema } : { schema, example };
  return { description, content: { "application/json": content } };
}
