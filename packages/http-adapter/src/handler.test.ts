import { describe, expect, it } from "vitest";
import { createTestApi } from "./test-api.ts";

describe("createHandler", () => {
  it("gives every answer an id, the caller's when it is a decent one", async () => {
    const { call } = createTestApi();
    const own = await call("GET", "/api/health", { headers: { "x-request-id": "trace-1" } });
    expect(own.headers.get("x-request-id")).toBe("trace-1");
    const made = await call("GET", "/nothing", { headers: { "x-request-id": "a b" } });
    expect(made.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("lets nobody keep an answer or guess its type", async () => {
    const { call } = createTestApi();
    for (const path of ["/api/health", "/api/v1/instances", "/nothing"]) {
      const { headers } = await call("GET", path);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it("tells the port of the request when no other is configured", async () => {
    const { call } = createTestApi({ publicPort: undefined });
    const body = { company_id: "c", provider: "fake" };
    const { body: created } = await call("POST", "/api/v1/instances", { body });
    expect(created.process_result.details.ports).toEqual({ api: 80 });
  });
});
