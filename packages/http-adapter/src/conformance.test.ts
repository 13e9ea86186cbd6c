import { OpenAPIHono, z } from "@hono/zod-openapi";
import { describe, expect, it } from "vitest";
import { Conformance } from "./conformance.ts";

const base = z.object({ code: z.string(), error: z.string() }).openapi("Base");

function createSubject(): Conformance {
  const app = new OpenAPIHono();
  const json = (schema: z.ZodType) => ({
    description: "…",
    content: { "application/json": { schema } },
  });
  app.openAPIRegistry.registerPath({
    method: "post",
    path: "/things/{id}",
    operationId: "makeThing",
    request: { body: json(z.strictObject({ size: z.int() })) },
    responses: {
      200: json(z.object({ at: z.iso.datetime(), inner: z.object({ a: z.string() }) })),
      400: json(base.extend({ code: z.enum(["TOO_BIG"]), hint: z.string().optional() })),
      204: { description: "Nothing to say" },
    },
  });
  app.openAPIRegistry.registerPath({ method: "get", path: "/nameless", responses: {} });
  return new Conformance(
    app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "t", version: "1" } }),
  );
}

const AT = "2024-01-01T12:00:00.000Z";
const answer = (status: number, body: unknown) => Response.json(body, { status });

describe("Conformance", () => {
  const subject = createSubject();
  const check = (response: Response, path = "/things/1", method = "POST") =>
    subject.checkAnswer(method, `http://test${path}`, response);

  it("takes what the document describes", async () => {
    await check(answer(200, { at: AT, inner: { a: "x" } }));
    await check(answer(400, { code: "TOO_BIG", error: "e", hint: "h" }));
    await check(new Response(null, { status: 204 }));
    await check(answer(404, {}), "/nothing");
    await check(answer(404, {}), "/things/1/2");
    await check(answer(200, {}), "/openapi.json", "GET");
    subject.checkAccepted("POST", "http://test/things/1", { size: 1 });
  });

  it.each([
    [answer(201, {}), "POST /things/{id} answered 201, which its responses do not have"],
    [answer(200, { at: AT, inner: {} }), "must have required property 'a'"],
    [answer(200, { at: "today", inner: { a: "x" } }), "/at must match"],
    [answer(200, { at: AT, inner: { a: "x" }, more: 1 }), '"additionalProperty":"more"'],
    [answer(200, { at: AT, inner: { a: "x", more: 1 } }), '"additionalProperty":"more"'],
    [
      answer(400, { code: "OTHER", error: "e" }),
      "/code must be equal to one of the allowed values",
    ],
    [answer(400, { code: "TOO_BIG", error: "e", more: 1 }), '"unevaluatedProperty":"more"'],
    [new Response("x", { status: 200 }), "answered 200 as text/plain, which it does not declare"],
  ])("refuses an answer that it does not describe (%#)", async (response, reason) => {
    await expect(check(response)).rejects.toThrow(reason);
  });

  it("refuses routes that the document does not have, and those without a name", async () => {
    await expect(check(answer(200, {}), "/other")).rejects.toThrow("has no such route");
    await expect(check(answer(200, {}), "/things/1", "PUT")).rejects.toThrow("has no such route");
    await expect(check(answer(200, {}), "/nameless", "GET")).rejects.toThrow("operationId");
  });

  it("refuses a body that was taken although the document does not allow it", () => {
    expect(() => subject.checkAccepted("POST", "http://test/things/1", { size: "1" })).toThrow(
      "/size must be integer",
    );
  });
});
