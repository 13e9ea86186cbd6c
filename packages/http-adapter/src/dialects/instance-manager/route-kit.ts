import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { ZodType } from "zod";
import type { DialectContext } from "../../dialect.ts";
import type { Guards, InstanceManagerEnv } from "./auth.ts";
import { errorSchema } from "./schemas/common.ts";

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

const errorContent = { "application/json": { schema: errorSchema } };
const badRequest = { description: "The request is wrong", content: errorContent };
const unauthorized = { description: "The key is missing or wrong", content: errorContent };
const notFound = { description: "There is no such instance", content: errorContent };
const failed = { description: "The server failed", content: errorContent };
const conflict = { description: "The state of things forbids it", content: errorContent };

export const ERRORS = { 400: badRequest, 401: unauthorized, 500: failed } as const;
export const INSTANCE_ERRORS = { ...ERRORS, 404: notFound } as const;
export const ADDITION_ERRORS = { ...INSTANCE_ERRORS, 409: conflict } as const;

export function jsonBody<Schema extends ZodType>(schema: Schema) {
  return { required: true, content: { "application/json": { schema } } } as const;
}

export function answer<Schema extends ZodType>(description: string, schema: Schema) {
  return { description, content: { "application/json": { schema } } } as const;
}
