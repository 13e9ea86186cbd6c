import { describe, expect, it, vi } from "vitest";
import { createTestApi } from "../../test-api.ts";

describe("health", () => {
  it("S2-13 C-03 is healthy without a key", async () => {
    const { call } = createTestApi({ version: "1.2.3" });
    const { status, body } = await call("GET", "/api/health", { key: null });
    expect(status).toBe(200);
    expect(body).toEqual({
      status: "healthy",
      timestamp: expect.stringMatching(/\.\d{3}Z$/),
      success: true,
      data: {
        status: "OK",
        timestamp: expect.any(String),
        uptime: expect.any(Number),
        version: "1.2.3",
        database: "connected",
      },
    });
  });

  it("S2-13 C-03 says 503 with the same keys when the database does not answer", async () => {
    const { call, manager } = createTestApi();
    vi.spyOn(manager, "checkHealth").mockRejectedValue(new Error("hunter2"));
    const { status, body } = await call("GET", "/api/health", { key: null });
    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: "unhealthy",
      success: false,
      data: { status: "ERROR", database: "error" },
    });
    expect(JSON.stringify(body)).not.toContain("hunter2");
  });
});

describe("paths of nobody", () => {
  it.each([
    ["GET", "/"],
    ["GET", "/api"],
    ["POST", "/api/health"],
    ["GET", "/api/instances"],
    ["GET", "/api/v10/instances"],
    ["GET", "/../../etc/passwd"],
  ])("%s %s is no route", async (method, path) => {
    const { call } = createTestApi();
    const { status, body } = await call(method, path, { key: null });
    expect(status).toBe(404);
    expect(body).toEqual({
      success: false,
      error: { type: "NotFoundError", message: "there is no such route" },
    });
  });
});

describe("the OpenAPI document", () => {
  it("has every route of the dialects, each behind a key or without any", async () => {
    const { call } = createTestApi();
    const { status, body } = await call("GET", "/openapi.json", { key: null });
    expect(status).toBe(200);
    expect(body.openapi).toBe("3.1.0");
    const routes = Object.entries<Record<string, { security?: unknown }>>(body.paths).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, { security }]) => {
          return `${method.toUpperCase()} ${path}${security ? " key" : ""}`;
        }),
    );
    expect(routes.sort()).toEqual([
      "DELETE /api/v1/instances/{instanceId} key",
      "DELETE /api/v1/instances/{instanceId}/api-keys/{keyId} key",
      "GET /api/health",
      "GET /api/v1/instances key",
      "GET /api/v1/instances/{instanceId} key",
      "GET /api/v1/instances/{instanceId}/api-keys key",
      "GET /api/v1/instances/{instanceId}/auth-status key",
      "GET /api/v1/instances/{instanceId}/current-api-key key",
      "GET /api/v1/instances/{instanceId}/logs key",
      "GET /api/v1/instances/{instanceId}/messages/{messageId} key",
      "GET /api/v1/instances/{instanceId}/qr key",
      "POST /api/v1/instances key",
      "POST /api/v1/instances/{instanceId}/messages key",
      "POST /api/v1/instances/{instanceId}/restart key",
      "POST /api/v1/instances/{instanceId}/rotate-api-key key",
      "POST /api/v1/instances/{instanceId}/start key",
      "POST /api/v1/instances/{instanceId}/stop key",
    ]);
  });
});
