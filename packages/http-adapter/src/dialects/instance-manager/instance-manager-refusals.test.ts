import { describe, expect, it, vi } from "vitest";
import { createTestApi } from "../../test-api.ts";

const UNKNOWN = "550e8400-e29b-41d4-a716-446655440000";
const NOT_FOUND = { success: false, error: "Instance not found", code: "INSTANCE_NOT_FOUND" };
const INSTANCES = "/api/v1/instances";

/** Every route of the dialect below an instance, with a body that it accepts. */
const INSTANCE_ROUTES: readonly (readonly [string, string, unknown?])[] = [
  ["GET", ""],
  ["DELETE", ""],
  ["GET", "/current-api-key"],
  ["POST", "/start"],
  ["POST", "/stop"],
  ["POST", "/restart"],
  ["GET", "/qr"],
  ["GET", "/auth-status"],
  ["GET", "/logs"],
  ["POST", "/messages", { to: "15550002222", text: "hi" }],
  ["GET", `/messages/${UNKNOWN}`],
];

describe("refusals", () => {
  it.each(INSTANCE_ROUTES.map(([method, route, body]) => ({ method, route, body })))(
    "S2-16 $method …$route answers 404 for an unknown id",
    async ({ method, route, body }) => {
      const { call } = createTestApi();
      const answer = await call(method, `${INSTANCES}/${UNKNOWN}${route}`, { body });
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual(NOT_FOUND);
    },
  );

  it.each([
    "1",
    "not-a-uuid",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f",
    "%00",
    "%ff",
    "550e8400-e29b-41d4-a716-446655440000%0a",
    "550e8400e29b41d4a716446655440000",
  ])("C-16 the id %s is unknown", async (id) => {
    const { call } = createTestApi();
    const { status, body } = await call("GET", `${INSTANCES}/${id}`);
    expect(status).toBe(404);
    expect(body).toEqual(NOT_FOUND);
  });

  it.each([
    ["PUT", INSTANCES],
    ["PATCH", `${INSTANCES}/${UNKNOWN}`],
    ["GET", `${INSTANCES}/${UNKNOWN}/start`],
    ["POST", `${INSTANCES}/${UNKNOWN}/logs`],
    ["OPTIONS", INSTANCES],
    ["GET", "/api/v1"],
    ["GET", "/api/v1/"],
    ["GET", "/api/v1/nothing"],
    ["GET", `${INSTANCES}/`],
    ["GET", `${INSTANCES}/${UNKNOWN}/nothing`],
    ["GET", `${INSTANCES}//qr`],
  ])("S2-16 %s %s is no route", async (method, path) => {
    const { call } = createTestApi();
    const { status, body } = await call(method, path);
    expect(status).toBe(404);
    expect(body).toEqual({ success: false, error: expect.any(String), code: "NOT_FOUND" });
  });

  it.each(["{", "", "[1,", "\u0000", '{"company_id":"c",}'])(
    "S2-16 the body %j is no JSON",
    async (body) => {
      const { call } = createTestApi();
      const answer = await call("POST", INSTANCES, { body });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({
        success: false,
        error: "the request body is not valid JSON",
        code: "INVALID_JSON",
      });
    },
  );

  it.each(["text/plain", "application/x-www-form-urlencoded"])(
    "S2-17 a body of type %s is a wrong request",
    async (type) => {
      const { call } = createTestApi();
      const request = { body: "company_id=c", headers: { "content-type": type } };
      const { status, body } = await call("POST", INSTANCES, request);
      expect(status).toBe(400);
      expect(body.code).toBe("UNSUPPORTED_MEDIA_TYPE");
    },
  );

  it("S2-17 refuses a body over one MiB, told or not", async () => {
    const { call, handler } = createTestApi();
    const text = JSON.stringify({ company_id: "c", provider: "x".repeat(1_048_576) });
    const told = await call("POST", INSTANCES, { body: text });
    expect(told.status).toBe(413);
    expect(told.body.code).toBe("PAYLOAD_TOO_LARGE");
    const untold = await handler(
      new Request(`http://test${INSTANCES}`, {
        method: "POST",
        headers: { "x-api-key": "operator-key", "content-type": "application/json" },
        body: new Blob([text]).stream(),
        duplex: "half",
      }),
    );
    expect(untold.status).toBe(413);
  });

  it("S2-17 tells nothing of what went wrong inside", async () => {
    const { call, create, manager } = createTestApi();
    const { path } = await create();
    vi.spyOn(manager, "get").mockRejectedValue(new Error("SELECT hunter2 FROM secrets"));
    const { status, body } = await call("GET", path);
    expect(status).toBe(500);
    expect(body).toEqual({ success: false, error: "Internal server error", code: "INTERNAL" });
  });

  it("S2-16 reads HEAD like GET, without a body", async () => {
    const { call, create } = createTestApi();
    const { path } = await create();
    const found = await call("HEAD", path);
    expect([found.status, found.body]).toEqual([200, null]);
    const missing = await call("HEAD", `${INSTANCES}/${UNKNOWN}`);
    expect([missing.status, missing.body]).toEqual([404, null]);
  });
});
