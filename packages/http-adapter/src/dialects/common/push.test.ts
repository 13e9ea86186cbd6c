import { expect, it } from "vitest";
import { createTestApi } from "../../test-api.ts";

it("an instance that nobody has, or whose platform posts nothing, is not found", async () => {
  const { call, create } = createTestApi();
  const { id } = await create();
  for (const instanceId of ["nobody", id]) {
    const { status, body } = await call("POST", `/push/${instanceId}`, { key: null, body: {} });
    expect(status).toBe(404);
    expect(body).toMatchObject({ success: false, error: { type: "NotFoundError" } });
  }
});

it("an update over the limit is refused, told length or not", async () => {
  const { call } = createTestApi({ maxBodyBytes: 1_000 });
  const body = { text: "x".repeat(1_001) };
  const { status } = await call("POST", "/push/nobody", { key: null, body });
  expect(status).toBe(413);
});

it("only POST is taken", async () => {
  const { call } = createTestApi();
  expect((await call("GET", "/push/nobody", { key: null })).status).toBe(404);
  expect((await call("POST", "/push", { key: null })).status).toBe(404);
});
