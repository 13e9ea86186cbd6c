import { describe, expect, it } from "vitest";
import { createTestApi } from "../../../test-api.ts";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const NOT_FOUND = { success: false, error: "Instance not found", code: "INSTANCE_NOT_FOUND" };
const INSTANCES = "/api/v1/instances";

describe("instances", () => {
  it("S2-03 lists instances, on demand those of one company", async () => {
    const { call, create } = createTestApi();
    const first = await create();
    await create({ company_id: "user-002" });
    expect((await call("GET", INSTANCES)).body.data).toHaveLength(2);
    const { status, body } = await call("GET", `${INSTANCES}?company_id=user-001`);
    expect(status).toBe(200);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([first.id]);
    expect((await call("GET", `${INSTANCES}?company_id=nobody`)).body.data).toEqual([]);
  });

  it("S2-04 shows an instance", async () => {
    const { call, create } = createTestApi();
    const { id, path } = await create();
    const { status, body } = await call("GET", path);
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      data: {
        id,
        company_id: "user-001",
        provider: "fake",
        type_instance: ["api"],
        status: "start",
        auth_status: "pending",
        reason: null,
        ports: { api: 3000 },
        account: null,
        last_seen_at: expect.stringMatching(ISO),
        evidence: expect.objectContaining({ last_ack_at: null }),
        created_at: expect.stringMatching(ISO),
        updated_at: expect.stringMatching(ISO),
      },
    });
  });

  it("S2-19 creating and deleting answer within 30 s, also when the platform never does", async () => {
    const { platform, create, createConnected, call } = createTestApi();
    const connected = await createConnected();
    platform.whileClosing = () => new Promise(() => {});
    platform.whileOpening = () => new Promise(() => {});
    const began = performance.now();
    const opening = await create();
    expect(performance.now() - began).toBeLessThan(30_000);
    for (const { path } of [opening, connected]) {
      const asked = performance.now();
      expect((await call("DELETE", path)).status).toBe(200);
      expect(performance.now() - asked).toBeLessThan(30_000);
      expect((await call("GET", path)).status).toBe(404);
    }
  }, 100_000);

  it("S2-09 deletes; the instance and its key are gone", async () => {
    const { call, create } = createTestApi();
    const { key, path } = await create();
    const { status, body } = await call("DELETE", path);
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, message: "Instance deleted successfully" });
    expect((await call("GET", path)).body).toEqual(NOT_FOUND);
    expect((await call("DELETE", path)).status).toBe(404);
    expect((await call("GET", path, { key })).status).toBe(401);
  });
});
