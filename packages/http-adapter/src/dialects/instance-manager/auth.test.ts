import { describe, expect, it } from "vitest";
import { createTestApi } from "../../test-api.ts";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
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
  ["POST", "/pairing-code", { phone: "5511999990000" }],
  ["POST", "/logout"],
  ["GET", "/logs"],
  ["POST", "/messages", { to: "15550002222", text: "hi" }],
  ["GET", `/messages/${UNKNOWN}`],
];
const OPERATOR_ROUTES = new Set(["DELETE ", "GET /current-api-key"]);

describe("who may", () => {
  it("S2-38 takes the operator's key as a bearer token too", async () => {
    const { call } = createTestApi();
    const headers = { authorization: "Bearer operator-key" };
    expect((await call("GET", INSTANCES, { key: null, headers })).status).toBe(200);
    const wrong = { authorization: "Bearer other" };
    expect((await call("GET", INSTANCES, { key: null, headers: wrong })).status).toBe(401);
  });

  it("S2-38 refuses everything while no operator key is set", async () => {
    const { call } = createTestApi({ apiKey: undefined });
    for (const key of [null, "", "undefined", "operator-key"]) {
      expect((await call("GET", INSTANCES, { key })).status).toBe(401);
    }
  });

  it("S2-38 INSTANCE_MANAGER_AUTH=off lets everybody in", async () => {
    const { call } = createTestApi({ apiKey: undefined, instanceManagerAuth: "off" });
    expect((await call("GET", INSTANCES, { key: null })).status).toBe(200);
  });

  it("S2-37 an instance's key opens that instance and is counted", async () => {
    const { call, create } = createTestApi({ waitMs: 1 });
    const { key, path } = await create();
    for (const [method, route, body] of INSTANCE_ROUTES) {
      const { status } = await call(method, path + route, { key, body });
      if (OPERATOR_ROUTES.has(`${method} ${route}`)) expect(status).toBe(401);
      else expect(status).not.toBe(401);
    }
    expect((await call("GET", INSTANCES, { key })).status).toBe(401);
    const { body } = await call("GET", `${path}/current-api-key`);
    expect(body.data.usage_count).toBe(INSTANCE_ROUTES.length - OPERATOR_ROUTES.size);
    expect(body.data.last_use).toMatch(ISO);
  });

  it("S2-37 an instance's key does not tell another instance from an unknown one", async () => {
    const { call, create } = createTestApi();
    const [mine, other] = [await create(), await create()];
    for (const path of [other.path, `${INSTANCES}/${UNKNOWN}`]) {
      const { status, body } = await call("GET", path, { key: mine.key });
      expect(status).toBe(404);
      expect(body).toEqual(NOT_FOUND);
    }
  });
});
