import { describe, expect, it } from "vitest";
import { createTestApi } from "../../../test-api.ts";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe("instance keys", () => {
  it("S2-05 shows the key that create answered", async () => {
    const { call, create } = createTestApi();
    const { key, path } = await create();
    const { status, body } = await call("GET", `${path}/current-api-key`);
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      data: {
        api_key: key,
        generated_at: expect.stringMatching(ISO),
        last_use: null,
        usage_count: 0,
      },
    });
  });

  it("S2-05 has counted every call that was answered", async () => {
    const { call, create } = createTestApi();
    const { key, path } = await create();
    await Promise.all(Array.from({ length: 50 }, () => call("GET", path, { key })));
    const { body } = await call("GET", `${path}/current-api-key`);
    expect(body.data).toMatchObject({ usage_count: 50, last_use: expect.stringMatching(ISO) });
  });

  it("S2-05 rotates: both keys work for a while, and the newest is shown", async () => {
    const { call, create } = createTestApi();
    const { key: old, path } = await create();
    const rotated = await call("POST", `${path}/rotate-api-key`);
    expect(rotated.status).toBe(200);
    expect(rotated.body).toEqual({
      success: true,
      data: {
        api_key: expect.any(String),
        generated_at: expect.stringMatching(ISO),
        last_use: null,
        usage_count: 0,
      },
    });
    const key: string = rotated.body.data.api_key;
    expect(key).not.toBe(old);
    for (const each of [old, key])
      expect((await call("GET", path, { key: each })).status).toBe(200);
    const current = await call("GET", `${path}/current-api-key`);
    expect(current.body.data).toMatchObject({ api_key: key, usage_count: 1 });
    const listed = await call("GET", `${path}/api-keys`);
    const common = {
      id: expect.any(String),
      generated_at: expect.stringMatching(ISO),
      last_use: expect.stringMatching(ISO),
      usage_count: 1,
    };
    expect(listed.body).toEqual({
      success: true,
      data: [
        { ...common, last_four: key.slice(-4), current: true, expires_at: null },
        {
          ...common,
          last_four: old.slice(-4),
          current: false,
          expires_at: expect.stringMatching(ISO),
        },
      ],
    });
    const [, replaced] = listed.body.data;
    const revoked = await call("DELETE", `${path}/api-keys/${replaced.id}`);
    expect(revoked.body).toEqual({ success: true, message: "API key revoked successfully" });
    expect((await call("GET", path, { key: old })).status).toBe(401);
    const again = await call("DELETE", `${path}/api-keys/${replaced.id}`);
    expect([again.status, again.body.code]).toEqual([404, "INSTANCE_KEY_NOT_FOUND"]);
  });

  it("ends a key that has leaked at once, and never leaves an instance without one", async () => {
    const { call, create } = createTestApi();
    const { key: leaked, path } = await create();
    const request = { body: { overlap_seconds: 0 } };
    const { body } = await call("POST", `${path}/rotate-api-key`, request);
    expect((await call("GET", path, { key: leaked })).status).toBe(401);
    expect((await call("GET", path, { key: body.data.api_key })).status).toBe(200);
    const [{ id }] = (await call("GET", `${path}/api-keys`)).body.data;
    const refused = await call("DELETE", `${path}/api-keys/${id}`);
    expect([refused.status, refused.body.code]).toEqual([409, "INSTANCE_KEY_CURRENT"]);
  });

  it.each([
    { overlap_seconds: -1 },
    { overlap_seconds: 2_592_001 },
    { overlap_seconds: 1.5 },
    { overlap_seconds: "60" },
    { overlapMs: 60 },
  ])("refuses %j and rotates nothing", async (body) => {
    const { call, create } = createTestApi();
    const { key, path } = await create();
    const answer = await call("POST", `${path}/rotate-api-key`, { body });
    expect([answer.status, answer.body.code]).toEqual([400, "VALIDATION_FAILED"]);
    expect((await call("GET", `${path}/current-api-key`)).body.data.api_key).toBe(key);
  });

  it("is the operator's alone", async () => {
    const { call, create } = createTestApi();
    const { key, path } = await create();
    for (const [method, route] of [
      ["POST", "/rotate-api-key"],
      ["GET", "/api-keys"],
      ["DELETE", "/api-keys/x"],
    ] as const) {
      expect((await call(method, path + route, { key })).status).toBe(401);
    }
  });
});
