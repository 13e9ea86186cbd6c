import { describe, expect, it } from "vitest";
import { createTestApi } from "../../../test-api.ts";

const PASSPHRASE = "correct horse battery";

/** A stopped instance with a session, and one without. */
async function createBoth() {
  const api = createTestApi();
  const paired = await api.createConnected();
  const keys = [{ type: "t", id: "1", value: Buffer.from("key") }];
  await (await api.session(paired.id)).commit({ keys });
  await api.call("POST", `${paired.path}/stop`);
  const empty = await api.create();
  await api.session(empty.id);
  await api.call("POST", `${empty.path}/stop`);
  return { ...api, paired, empty };
}

describe("sessions over HTTP", () => {
  it("are exported under a passphrase and imported into another instance", async () => {
    const { call, paired, empty, session, manager } = await createBoth();
    const exported = await call("POST", `${paired.path}/session/export`, {
      body: { passphrase: PASSPHRASE },
    });
    expect(exported.status).toBe(200);
    expect(exported.headers.get("cache-control")).toBe("no-store");
    const { session: sealed, bytes } = exported.body.data;
    expect(Buffer.from(sealed, "base64")).toHaveLength(bytes);
    const imported = await call("POST", `${empty.path}/session/import`, {
      body: { session: sealed, passphrase: PASSPHRASE },
    });
    expect(imported.body).toMatchObject({
      success: true,
      data: { id: empty.id, status: "stopped", account: "+1234567890" },
    });
    await call("POST", `${empty.path}/start`);
    await session(empty.id);
    expect((await manager.get(empty.id)).paired).toBe(true);
    const found = await (await session(empty.id)).keys.get("t", ["1"]);
    expect(Buffer.from(found.get("1") ?? []).toString()).toBe("key");
  });

  it("are refused with a code, and nothing of the passphrase comes back", async () => {
    const { call, paired, empty } = await createBoth();
    const { body } = await call("POST", `${paired.path}/session/export`, {
      body: { passphrase: PASSPHRASE },
    });
    const { session } = body.data;
    const cut = Buffer.from(session, "base64").subarray(0, 100).toString("base64");
    const into = (path: string, request: object) =>
      call("POST", `${path}/session/import`, { body: request });
    const passphrase = PASSPHRASE;
    const answers = [
      [
        await into(empty.path, { session, passphrase: "wrong horse" }),
        400,
        "SESSION_PASSPHRASE_WRONG",
      ],
      [await into(empty.path, { session: cut, passphrase }), 400, "SESSION_EXPORT_DAMAGED"],
      [await into(empty.path, { session: "???", passphrase }), 400, "VALIDATION_FAILED"],
      [await into(paired.path, { session, passphrase }), 409, "INSTANCE_PAIRED"],
      [
        await call("POST", `${empty.path}/session/export`, { body: { passphrase } }),
        409,
        "INSTANCE_NOT_PAIRED",
      ],
      [
        await call("POST", `${paired.path}/session/export`, { body: { passphrase: "short" } }),
        400,
        "VALIDATION_FAILED",
      ],
    ] as const;
    for (const [answer, status, code] of answers) {
      expect(answer).toMatchObject({ status, body: { success: false, code } });
      expect(JSON.stringify(answer.body)).not.toMatch(/horse|short/);
    }
  });

  it("that were logged out are listed and restored", async () => {
    const { call, paired, manager } = await createBoth();
    await manager.logout(paired.id);
    const { body } = await call("GET", `${paired.path}/session/archives`);
    expect(body.data).toEqual([
      {
        id: expect.any(String),
        account: "+1234567890",
        key_count: 1,
        archived_at: expect.any(String),
        expires_at: expect.any(String),
      },
    ]);
    const restore = (archive_id: string) =>
      call("POST", `${paired.path}/session/restore`, { body: { archive_id } });
    expect(await restore("other")).toMatchObject({
      status: 404,
      body: { code: "SESSION_ARCHIVE_NOT_FOUND" },
    });
    expect((await restore(body.data[0].id)).body.data).toMatchObject({ status: "stopped" });
    await call("POST", `${paired.path}/start`);
    expect(await restore(body.data[0].id)).toMatchObject({ status: 409 });
  });

  it("are the operator's alone", async () => {
    const { call, paired } = await createBoth();
    const { key } = paired;
    const body = { passphrase: PASSPHRASE };
    for (const each of [key, "wrong", null]) {
      const calls = await Promise.all([
        call("POST", `${paired.path}/session/export`, { body, key: each }),
        call("POST", `${paired.path}/session/import`, { body: {}, key: each }),
        call("GET", `${paired.path}/session/archives`, { key: each }),
        call("POST", `${paired.path}/session/restore`, { body: {}, key: each }),
      ]);
      expect(calls.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    }
  });
});

it("an instance shows what proves that it is connected", async () => {
  const { call, createConnected } = createTestApi();
  const { path, key } = await createConnected();
  const { body } = await call("GET", path, { key });
  expect(Date.now() - Date.parse(body.data.last_seen_at)).toBeLessThan(60_000);
  expect(body.data.evidence).toEqual({
    last_ping_at: expect.any(String),
    ping_round_trip_ms: 0,
    last_ack_at: null,
  });
  await call("POST", `${path}/stop`);
  expect((await call("GET", path)).body.data).toMatchObject({ last_seen_at: null, evidence: null });
});
