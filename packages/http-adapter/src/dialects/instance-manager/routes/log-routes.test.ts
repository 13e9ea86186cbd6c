import { describe, expect, it } from "vitest";
import { createTestApi } from "../../../test-api.ts";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe("logs", () => {
  it("S2-12 shows the last log lines", async () => {
    const { call, create } = createTestApi();
    const { path } = await create();
    const { status, body } = await call("GET", `${path}/logs?tail=2`);
    expect(status).toBe(200);
    expect(body.data.tail).toBe(2);
    expect(body.data.logs.length).toBeLessThanOrEqual(2);
    expect(body.data.total_lines).toBeGreaterThanOrEqual(body.data.logs.length);
    expect(body.data.logs[0]).toEqual({
      timestamp: expect.stringMatching(ISO),
      level: expect.stringMatching(/^(debug|info|warn|error)$/),
      message: expect.any(String),
      source: expect.any(String),
    });
    expect((await call("GET", `${path}/logs`)).body.data.tail).toBe(100);
  });

  it.each(["0", "-1", "1.5", "many", "", "10001", "1e3", "99999999999"])(
    "S2-12 refuses tail=%s",
    async (tail) => {
      const { call, create } = createTestApi();
      const { path } = await create();
      const { status, body } = await call("GET", `${path}/logs?tail=${tail}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({ success: false, code: "VALIDATION_FAILED" });
      expect(body.error).toContain("tail");
    },
  );
});
