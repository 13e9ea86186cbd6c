import { OpenAPIHono } from "@hono/zod-openapi";
import { InstanceManager } from "@orquesta/core";
import { FakePlatform } from "@orquesta/core/testing";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { createDialects } from "../dialects/create-dialects.ts";
import { resolveHandlerOptions } from "../handler-options.ts";
import { createTestApi } from "../test-api.ts";
import { createOpenApiDocument } from "./openapi-document.ts";
import { operationsOf } from "./operations.ts";

function describeApi() {
  const manager = new InstanceManager({ providers: [new FakePlatform().provider] });
  onTestFinished(() => manager.close());
  const options = resolveHandlerOptions({ version: "1.2.3" });
  const dialects = createDialects({ manager, options });
  return { dialects, document: createOpenApiDocument(dialects, options) };
}

describe("the OpenAPI document", () => {
  it("is served without a key", async () => {
    const { call } = createTestApi({ version: "1.2.3", publicUrl: "https://bots.example.com" });
    const { status, body } = await call("GET", "/openapi.json", { key: null });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      openapi: "3.1.0",
      info: { title: "Orquesta", version: "1.2.3" },
      servers: [{ url: "https://bots.example.com" }],
    });
  });

  it("is valid, and its examples fit their schemas", async () => {
    const config = await createConfig({
      extends: ["recommended-strict"],
      rules: {
        // A document for whoever installs the server: it has no fixed address.
        "no-empty-servers": "error",
        // Health and the entrance cannot be asked wrongly.
        "operation-4xx-response": "off",
        // A WebSocket is granted with 101; that each operation has a success is checked below.
        "operation-2xx-response": "off",
        "no-invalid-media-type-examples": "error",
        "operation-operationId": "error",
        "operation-operationId-unique": "error",
        "operation-tag-defined": "off",
      },
    });
    const source = JSON.stringify(describeApi().document);
    const problems = await lintFromString({ source, config });
    const described = problems.map(({ ruleId, message, location }) => {
      return `${ruleId}: ${message} at ${location[0]?.pointer}`;
    });
    expect(described).toEqual([]);
  });

  it("has exactly the routes that the dialects answer", () => {
    const { dialects, document } = describeApi();
    const app = new OpenAPIHono();
    for (const dialect of dialects) dialect.describe(app);
    const answered = app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
    const described = operationsOf(document).map(({ method, path }) => {
      return `${method.toUpperCase()} ${path}`;
    });
    expect(described.length).toBeGreaterThan(10);
    expect([...new Set(answered)].sort()).toEqual(described.sort());
  });

  it("tells of each operation what it does, who may, how it fails and whether it is ours", () => {
    const { document } = describeApi();
    for (const { path, method, operation } of operationsOf(document)) {
      const name = `${method} ${path}`;
      expect(operation, name).toMatchObject({
        operationId: expect.stringMatching(/^[a-z]+([A-Z][a-z]+)*$/),
        summary: expect.any(String),
        tags: [expect.any(String)],
        security: expect.any(Array),
      });
      for (const [status, response] of Object.entries<object>(operation.responses ?? {})) {
        expect(response, `${name} ${status}`).toHaveProperty("headers.x-request-id");
      }
      const statuses = Object.keys(operation.responses ?? {}).map(Number);
      expect(
        statuses.some((status) => status < 300),
        name,
      ).toBe(true);
      if (!path.startsWith("/api/v1/")) continue;
      expect(statuses, name).toEqual(expect.arrayContaining([400, 401, 500]));
      const isAddition = Reflect.get(operation, "x-addition") === true;
      expect(operation.summary?.endsWith(" (addition)"), name).toBe(isAddition);
      const undocumented = statuses.filter(
        (status) => ![200, 400, 401, 404, 413, 500].includes(status),
      );
      if (!isAddition)
        expect(undocumented, `${name}, which is not marked as an addition`).toEqual([]);
    }
  });

  it("S2-16 S2-17 tells the codes of each refusal", () => {
    const create = describeApi().document.paths?.["/api/v1/instances"]?.post;
    expect(create?.responses).toMatchObject({
      400: {
        content: {
          "application/json": {
            schema: {
              allOf: [
                { $ref: "#/components/schemas/Error" },
                {
                  properties: {
                    code: {
                      enum: [
                        "VALIDATION_FAILED",
                        "INVALID_JSON",
                        "UNSUPPORTED_MEDIA_TYPE",
                        "PROVIDER_UNKNOWN",
                        "WEBHOOK_TARGET_REFUSED",
                        "INSTANCE_LIMIT_REACHED",
                      ],
                    },
                  },
                },
              ],
            },
          },
        },
      },
    });
  });
});
