import { describe, expect, it, vi } from "vitest";
import { createTestApi } from "../../../test-api.ts";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const PHONE = "+55 (11) 99999-0000";

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

  it("S2-10 refuses a QR code while a pairing code is valid, and says until when", async () => {
    const { call, create, session } = createTestApi();
    const { id, path } = await create();
    (await session(id)).showQr();
    await call("POST", `${path}/pairing-code`, { body: { phone: PHONE } });
    const { status, body } = await call("GET", `${path}/qr`);
    expect(status).toBe(400);
    expect(body.code).toBe("CHALLENGE_UNAVAILABLE");
    expect(body.error).toMatch(/pairs by a code until \d{4}-.*Z, not by QR code/);
  });

  it("S2-10 S2-11 say what to do when the account demands a passkey", async () => {
    const { call, create, session } = createTestApi();
    const { id, path } = await create();
    const waiting = call("GET", `${path}/qr`);
    (await session(id)).report({
      state: "closed",
      afterwards: "fail",
      reason: "passkey_required",
    });
    const { status, body } = await waiting;
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "CHALLENGE_UNAVAILABLE" });
    expect(body.error).toMatch(/passkey.*import/);
    expect((await call("GET", `${path}/auth-status`)).body.data).toEqual({
      status: "failed",
      authenticated: false,
      account: null,
      reason: "passkey_required",
      pairing: { type: "passkey", expires_at: null, message: body.error },
    });
    const code = await call("POST", `${path}/pairing-code`, { body: { phone: PHONE } });
    expect(code.status).toBe(409);
    expect(code.body.error).toMatch(/passkey.*import/);
  });

  it("S2-10 says why there is no QR code yet, where that is known", async () => {
    const { call, create, session, manager } = createTestApi({ waitMs: 1 });
    const { id, path } = await create();
    (await session(id)).report({
      state: "closed",
      afterwards: "reconnect",
      reason: "no_challenge",
    });
    await vi.waitFor(async () => {
      expect((await manager.get(id)).status).toBe("reconnecting");
    });
    const { status, body } = await call("GET", `${path}/qr`);
    expect(status).toBe(400);
    expect(body.error).toBe("there is no QR code yet (no_challenge); try again");
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
      pairing: null,
    });
    const connected = await createConnected();
    const { status, body } = await call("GET", `${connected.path}/auth-status`);
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      data: {
        status: "authenticated",
        authenticated: true,
        account: "+1234567890",
        reason: null,
        pairing: null,
      },
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
      pairing: null,
    });
  });

  it("S2-11 tells how the account pairs, and not the secret", async () => {
    const { call, create, session } = createTestApi();
    const { id, path } = await create();
    (await session(id)).showQr("2@secret");
    await call("GET", `${path}/qr`);
    const byQr = (await call("GET", `${path}/auth-status`)).body.data;
    expect(byQr).toMatchObject({
      status: "qr_ready",
      pairing: { type: "qr", expires_at: expect.stringMatching(ISO), message: null },
    });
    const { body } = await call("POST", `${path}/pairing-code`, { body: { phone: PHONE } });
    const byCode = (await call("GET", `${path}/auth-status`)).body.data;
    expect(byCode.pairing).toEqual({
      type: "code",
      expires_at: body.data.expires_at,
      message: null,
    });
    expect(JSON.stringify([byQr, byCode])).not.toMatch(new RegExp(`2@secret|${body.data.code}`));
  });
});

describe("pairing codes", () => {
  it("waits for the session, and answers a repeat by the same code", async () => {
    const { call, create, session } = createTestApi();
    const { id, path } = await create();
    const waiting = call("POST", `${path}/pairing-code`, { body: { phone: PHONE } });
    (await session(id)).showQr();
    const { status, body } = await waiting;
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      data: {
        code: expect.stringMatching(/^[1-9A-Z]{8}$/),
        expires_at: expect.stringMatching(ISO),
      },
    });
    const repeat = await call("POST", `${path}/pairing-code`, { body: { phone: "5511999990000" } });
    expect(repeat.body).toEqual(body);
    const chosen = { phone: PHONE, code: "SHPNAME1" };
    const own = await call("POST", `${path}/pairing-code`, { body: chosen });
    expect(own.body.data.code).toBe("SHPNAME1");
    expect((await session(id)).codesAskedFor).toEqual(["5511999990000", "5511999990000"]);
  });

  it.each([
    [{}, "phone"],
    [{ phone: "" }, "phone"],
    [{ phone: "12" }, "phone"],
    [{ phone: "nobody" }, "phone"],
    [{ phone: 5_511_999_990_000 }, "phone"],
    [{ phone: PHONE, code: "" }, "code"],
    [{ phone: PHONE, code: "short" }, "code"],
    [{ phone: PHONE, codes: "x" }, "codes"],
  ])("refuses %j and asks the platform for nothing", async (body, field) => {
    const { call, create, session } = createTestApi();
    const { id, path } = await create();
    (await session(id)).showQr();
    const answer = await call("POST", `${path}/pairing-code`, { body });
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe("VALIDATION_FAILED");
    expect(answer.body.error).toContain(field);
    expect((await session(id)).codesAskedFor).toEqual([]);
  });

  it("says why there is none", async () => {
    const { call, create, createConnected } = createTestApi({ waitMs: 1 });
    const body = { phone: PHONE };
    const connected = await createConnected();
    const paired = await call("POST", `${connected.path}/pairing-code`, { body });
    expect(paired.status).toBe(409);
    expect(paired.body.code).toBe("CHALLENGE_UNAVAILABLE");
    await call("POST", `${connected.path}/stop`);
    const stopped = await call("POST", `${connected.path}/pairing-code`, { body });
    expect(stopped.status).toBe(409);
    expect(stopped.body.code).toBe("INSTANCE_NOT_RUNNING");
    const { path } = await create();
    const slow = await call("POST", `${path}/pairing-code`, { body });
    expect(slow.status).toBe(409);
    expect(slow.body.error).toBe("there is no pairing code yet; try again");
  });
});
