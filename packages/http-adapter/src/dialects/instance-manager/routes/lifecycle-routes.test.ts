import { describe, expect, it } from "vitest";
import { createTestApi } from "../../../test-api.ts";

describe("lifecycle", () => {
  it("S2-06 S2-07 starts and stops, and repeats do no harm", async () => {
    const { call, create } = createTestApi();
    const { path } = await create();
    for (const _ of [1, 2]) {
      const stopped = await call("POST", `${path}/stop`);
      expect(stopped.status).toBe(200);
      expect(stopped.body).toEqual({ success: true, message: "Instance stopped successfully" });
      expect((await call("GET", path)).body.data.status).toBe("stopped");
    }
    for (const _ of [1, 2]) {
      const started = await call("POST", `${path}/start`);
      expect(started.status).toBe(200);
      expect(started.body).toEqual({ success: true, message: "Instance started successfully" });
      expect((await call("GET", path)).body.data.status).not.toBe("stopped");
    }
  });

  it("S2-08 restarts", async () => {
    const { call, create } = createTestApi();
    const { path } = await create();
    const { status, body } = await call("POST", `${path}/restart`);
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, message: "Instance restarted successfully" });
  });

  it("logs out: the account is unlinked, the instance stays and pairs anew", async () => {
    const { call, createConnected, platform, session } = createTestApi();
    const { id, path } = await createConnected();
    for (const _ of [1, 2]) {
      const { status, body } = await call("POST", `${path}/logout`);
      expect(status).toBe(200);
      expect(body).toEqual({ success: true, message: "Instance logged out successfully" });
      expect((await call("GET", path)).body.data).toMatchObject({
        status: "stopped",
        auth_status: "disconnected",
        reason: "logged_out",
      });
    }
    expect(platform.loggedOut).toEqual([id]);
    await call("POST", `${path}/start`);
    (await session(id)).showQr("2@new");
    expect((await call("GET", `${path}/qr`)).body.data.url).toContain("2@new");
  });
});
