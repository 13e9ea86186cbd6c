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

describe("the entrance", () => {
  it("takes a browser to the documentation, also behind a prefix", async () => {
    const { call } = createTestApi();
    const headers = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
    const { status, headers: answered } = await call("GET", "/", { key: null, headers });
    expect([status, answered.get("location")]).toEqual([302, "swagger/index.html"]);
  });

  it("tells programs what there is", async () => {
    const { call } = createTestApi({ version: "1.2.3" });
    const { status, body } = await call("GET", "/", { key: null });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      name: "Orquesta",
      version: "1.2.3",
      health: "/api/health",
      documentation: "/swagger/index.html",
      openapi: "/openapi.json",
    });
  });

  it("does not tell of documentation that is switched off", async () => {
    const { call } = createTestApi({ docs: "off" });
    const { status, body } = await call("GET", "/", { headers: { accept: "text/html" } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ documentation: null, openapi: null });
  });
});

describe("paths of nobody", () => {
  it.each([
    ["POST", "/"],
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
