import { describe, expect, it } from "vitest";
import { createTestApi } from "../../../test-api.ts";

describe("authentication of the account", () => {
  it("S2-10 waits for the first QR code and shows it as picture and link", async () => {
    const { call, create, session } = createTestApi();
    const { id, path } = await create();
    const waiting = call("GET", `${path}/qr`);
    (await session(id)).showQr("2@abc,def");
    const { status, body } = await waiting;
    expect(status).toBe(200);
    expect(body.data.url).toBe("https://wa.me/settings/linked_devices#2@abc,def");
    expect(body.data.qr_url).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);
    expect((await call("GET", path)).body.data).toMatchObject({
      status: "qr_ready",
      auth_status: "qr_ready",
    });
  });

  it("S2-10 refuses a QR code when there is none to come, and says why", async () => {
    const { call, createConnected } = createTestApi();
    const { path } = await createConnected();
    const connected = await call("GET", `${path}/qr`);
    expect(connected.status).toBe(400);
    expect(connected.body).toMatchObject({ success: false, code: "CHALLENGE_UNAVAILABLE" });
    expect(connected.body.error).toMatch(/paired already/);
    await call("POST", `${path}/stop`);
    expect((await call("GET", `${path}/qr`)).status).toBe(400);
  });

  it("S2-10 ends the wait when the instance is stopped meanwhile", async () => {
    const { call, create, session } = createTestApi();
    const { id, path } = await create();
    await session(id);
    const waiting = call("GET", `${path}/qr`);
    await call("POST", `${path}/stop`);
    const { status, body } = await waiting;
    expect(status).toBe(400);
    expect(body.code).toBe("CHALLENGE_UNAVAILABLE");
  });

  it("S2-10 says that there is no QR code yet when waiting did not help", async () => {
    const { call, create } = createTestApi({ waitMs: 1 });
    const { path } = await create();
    const { status, body } = await call("GET", `${path}/qr`);
    expect(status).toBe(400);
    expect(body).toEqual({
      success: false,
      code: "CHALLENGE_UNAVAILABLE",
      error: "there is no QR code yet; try again",
    });
  });

  it("S2-11 tells how far the authentication is", async () => {
    const { call, create, createConnected } = createTestApi();
    const waiting = await create();
    const pending = await call("GET", `${waiting.path}/auth-status`);
    expect(pending.body.data).toEqual({
      status: "pending",
      authenticated: false,
      account: null,
      reason: null,
    });
    const connected = await createConnected();
    const { status, body } = await call("GET", `${connected.path}/auth-status`);
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      data: { status: "authenticated", authenticated: true, account: "+1234567890", reason: null },
    });
    expect((await call("GET", connected.path)).body.data).toMatchObject({
      status: "client_ready",
      account: "+1234567890",
    });
    await call("POST", `${connected.path}/stop`);
    expect((await call("GET", `${connected.path}/auth-status`)).body.data).toEqual({
      status: "disconnected",
      authenticated: false,
      account: "+1234567890",
      reason: "requested",
    });
  });
});
