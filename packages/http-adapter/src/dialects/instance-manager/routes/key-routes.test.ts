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
});
