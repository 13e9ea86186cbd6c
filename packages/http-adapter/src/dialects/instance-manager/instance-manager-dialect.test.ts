import { OrquestaError } from "@orquesta/core";
import { describe, expect, it, vi } from "vitest";
import { createTestApi } from "../../test-api.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
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
  ["GET", "/logs"],
  ["POST", "/messages", { to: "15550002222", text: "hi" }],
  ["GET", `/messages/${UNKNOWN}`],
];
const OPERATOR_ROUTES = new Set(["DELETE ", "GET /current-api-key"]);

describe("create", () => {
  it("S2-01 creates an instance, starts it and answers its key and port", async () => {
    const { call, manager } = createTestApi();
    const created = vi.spyOn(manager, "create");
    const webhook = { url: "https://hooks.example.com/in", headers: { Authorization: "Bearer t" } };
    const { status, body } = await call("POST", INSTANCES, {
      body: {
        company_id: "user-001",
        provider: "fake",
        type_instance: ["api"],
        api_webhook_schema: { ...webhook, enabled: true },
      },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      instance_id: expect.stringMatching(UUID),
      message: "Instance created successfully",
      process_result: {
        success: true,
        details: { ports: { api: 3000 }, api_key: expect.any(String) },
      },
    });
    expect(created).toHaveBeenCalledWith({
      provider: "fake",
      companyId: "user-001",
      metadata: { type_instance: ["api"] },
      webhooks: [{ ...webhook, enabled: true, shape: "instance-manager" }],
    });
    expect((await manager.get(body.instance_id)).desired).toBe("running");
  });

  it("S2-02 hands config to the provider as its settings", async () => {
    const { call } = createTestApi();
    const body = { company_id: "c", provider: "fake" };
    const good = await call("POST", INSTANCES, { body: { ...body, config: { token: "1:x" } } });
    expect(good.status).toBe(200);
    const bad = await call("POST", INSTANCES, { body: { ...body, config: { token: 1 } } });
    expect(bad.status).toBe(400);
    expect(bad.body).toEqual({
      success: false,
      code: "VALIDATION_FAILED",
      error: "config.token has to be a string",
    });
  });

  it("S2-01 takes api for the type when none is given", async () => {
    const { call } = createTestApi();
    const { body } = await call("POST", INSTANCES, { body: { company_id: "c", provider: "fake" } });
    const { body: read } = await call("GET", `${INSTANCES}/${body.instance_id}`);
    expect(read.data.type_instance).toEqual(["api"]);
  });

  it("S2-01 names the providers that exist when another is asked for", async () => {
    const { call } = createTestApi();
    const body = { company_id: "c", provider: "pigeon" };
    const answer = await call("POST", INSTANCES, { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      success: false,
      code: "PROVIDER_UNKNOWN",
      error: 'provider "pigeon" is not known here; there is fake',
    });
  });

  it.each([
    [{ provider: "fake" }, "company_id"],
    [{ company_id: "", provider: "fake" }, "company_id"],
    [{ company_id: 7, provider: "fake" }, "company_id"],
    [{ company_id: "c" }, "provider"],
    [{ company_id: "c", provider: "fake", type_instance: ["pigeon"] }, "type_instance"],
    [{ company_id: "c", provider: "fake", type_instance: "api" }, "type_instance"],
    [{ company_id: "c", provider: "fake", type_instance: [] }, "type_instance"],
    [{ company_id: "c", provider: "fake", config: "x" }, "config"],
    [{ company_id: "c", provider: "fake", api_webhook_schema: {} }, "api_webhook_schema.url"],
    [
      { company_id: "c", provider: "fake", api_webhook_schema: { url: "http://a", enabled: "no" } },
      "api_webhook_schema.enabled",
    ],
    [
      {
        company_id: "c",
        provider: "fake",
        api_webhook_schema: { url: "http://a", headers: { a: 1 } },
      },
      "api_webhook_schema.headers",
    ],
    [{ company_id: "c", provider: "fake", webhook: "http://a" }, "webhook"],
    [[], ""],
    ["null", ""],
  ])("S2-01 refuses %j and changes nothing", async (body, field) => {
    const { call, manager } = createTestApi();
    const answer = await call("POST", INSTANCES, { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ success: false, code: "VALIDATION_FAILED" });
    expect(answer.body.error).toContain(field);
    expect(await manager.list()).toEqual([]);
  });

  it("S2-01 refuses a webhook URL before anything exists", async () => {
    const { call, manager } = createTestApi();
    const body = {
      company_id: "c",
      provider: "fake",
      api_webhook_schema: { url: "http://169.254.169.254/" },
    };
    const answer = await call("POST", INSTANCES, { body });
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe("WEBHOOK_TARGET_REFUSED");
    expect(await manager.list()).toEqual([]);
  });

  it("S2-18 leaves exactly ten of twelve instances created at once", async () => {
    const { call, manager } = createTestApi();
    const body = { company_id: "user-001", provider: "fake" };
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => call("POST", INSTANCES, { body })),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map(({ status, body: { code } }) => [status, code])).toEqual([
      [400, "INSTANCE_LIMIT_REACHED"],
      [400, "INSTANCE_LIMIT_REACHED"],
    ]);
    expect(await manager.list({ companyId: "user-001" })).toHaveLength(10);
    const other = await call("POST", INSTANCES, { body: { ...body, company_id: "user-002" } });
    expect(other.status).toBe(200);
  });
});

describe("read", () => {
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
        created_at: expect.stringMatching(ISO),
        updated_at: expect.stringMatching(ISO),
      },
    });
  });

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

describe("life", () => {
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

describe("messages", () => {
  it("sends, and tells later how far the message got", async () => {
    const { call, createConnected, platform } = createTestApi();
    const { path } = await createConnected();
    const sent = await call("POST", `${path}/messages`, {
      body: { chat_id: "15550002222", type: "text", text: "hi", quote_message_id: "Q1" },
    });
    expect(sent.status).toBe(200);
    expect(sent.body).toEqual({
      success: true,
      data: {
        id: expect.any(String),
        message_id: expect.any(String),
        chat_id: "15550002222",
        status: "sent",
        error: null,
        created_at: expect.stringMatching(ISO),
        sent_at: expect.stringMatching(ISO),
        repeated: false,
      },
    });
    expect(platform.delivered.map(({ message }) => message.content)).toEqual([
      { type: "text", text: "hi", quoteMessageId: "Q1" },
    ]);
    const read = await call("GET", `${path}/messages/${sent.body.data.id}`);
    expect(read.body.data).toEqual(sent.body.data);
  });

  it("answers a repeat with the same idempotency key by the first result", async () => {
    const { call, createConnected, platform } = createTestApi();
    const { path } = await createConnected();
    const headers = { "Idempotency-Key": "k1" };
    const body = { to: "15550002222", text: "hi" };
    const first = await call("POST", `${path}/messages`, { body, headers });
    const second = await call("POST", `${path}/messages`, { body, headers });
    expect(second.body.data.id).toBe(first.body.data.id);
    expect([first.body.data.repeated, second.body.data.repeated]).toEqual([false, true]);
    expect(platform.delivered).toHaveLength(1);
    const other = await call("POST", `${path}/messages`, {
      body: { ...body, text: "ho" },
      headers,
    });
    expect(other.status).toBe(409);
    expect(other.body.code).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  it("answers what is known when the platform takes too long, and a repeat finds it", async () => {
    const { call, create, session } = createTestApi({ waitMs: 50 });
    const { id, path } = await create();
    await session(id);
    const request = { body: { to: "15550002222", text: "hi" } };
    const first = await call("POST", `${path}/messages`, request);
    expect(first.status).toBe(200);
    expect(first.body.data).toMatchObject({ status: "queued", sent_at: null, repeated: false });
    (await session(id)).connect();
    await vi.waitFor(async () => {
      const { body } = await call("GET", `${path}/messages/${first.body.data.id}`);
      expect(body.data.status).toBe("sent");
    });
  });

  it("tells why the platform refused a message", async () => {
    const { call, createConnected, platform } = createTestApi();
    const { path } = await createConnected();
    platform.beforeSend = () => {
      throw new OrquestaError("SEND_REJECTED", "the number is not on the platform");
    };
    const body = { to: "15550002222", text: "hi" };
    const answer = await call("POST", `${path}/messages`, { body });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toMatchObject({
      status: "failed",
      error: { code: "SEND_REJECTED", message: "the number is not on the platform" },
    });
  });

  it("sends nothing for an instance that is stopped, or to what is no address", async () => {
    const { call, createConnected } = createTestApi();
    const { path } = await createConnected();
    const lost = await call("POST", `${path}/messages`, { body: { to: "me", text: "hi" } });
    expect([lost.status, lost.body.code]).toEqual([400, "VALIDATION_FAILED"]);
    await call("POST", `${path}/stop`);
    const body = { to: "15550002222", text: "hi" };
    const stopped = await call("POST", `${path}/messages`, { body });
    expect([stopped.status, stopped.body.code]).toEqual([409, "INSTANCE_NOT_RUNNING"]);
  });

  it.each([
    [{ text: "hi" }, "chat_id"],
    [{ to: "1", chat_id: "1", text: "hi" }, "chat_id"],
    [{ to: "1" }, "text"],
    [{ to: "1", text: "" }, "text"],
    [{ to: "1", text: 5 }, "text"],
    [{ to: "1", text: "x".repeat(65_537) }, "text"],
    [{ to: "1", text: "hi", type: "smoke" }, "type"],
  ])("refuses %j", async (body, field) => {
    const { call, create } = createTestApi();
    const { path } = await create();
    const answer = await call("POST", `${path}/messages`, { body });
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe("VALIDATION_FAILED");
    expect(answer.body.error).toContain(field);
  });

  it.each(["x".repeat(256), "with space"])("refuses the idempotency key %s", async (key) => {
    const { call, create } = createTestApi();
    const { path } = await create();
    const { status, body } = await call("POST", `${path}/messages`, {
      body: { to: "15550002222", text: "hi" },
      headers: { "Idempotency-Key": key },
    });
    expect(status).toBe(400);
    expect(body.error).toContain("idempotency-key");
  });

  it("knows no message of another instance", async () => {
    const { call, create, createConnected } = createTestApi();
    const [mine, other] = [await createConnected(), await create()];
    const body = { to: "15550002222", text: "hi" };
    const sent = await call("POST", `${mine.path}/messages`, { body });
    const answer = await call("GET", `${other.path}/messages/${sent.body.data.id}`);
    expect(answer.status).toBe(404);
    expect(answer.body.code).toBe("MESSAGE_NOT_FOUND");
  });
});

describe("who may", () => {
  it.each([null, "", "wrong", `${"x".repeat(10_000)}`])(
    "S2-38 refuses the key %j everywhere, before it looks at anything else",
    async (key) => {
      const { call, create } = createTestApi();
      const { path } = await create();
      const refusals = await Promise.all([
        call("GET", INSTANCES, { key }),
        call("POST", INSTANCES, { key, body: "{" }),
        ...INSTANCE_ROUTES.map(([method, route]) => call(method, path + route, { key })),
        ...INSTANCE_ROUTES.map(([method, route]) => {
          return call(method, `${INSTANCES}/${UNKNOWN}${route}`, { key });
        }),
      ]);
      for (const { status, body } of refusals) {
        expect(status).toBe(401);
        expect(body).toEqual({
          success: false,
          error: "a valid API key is required",
          code: "UNAUTHORIZED",
        });
      }
    },
  );

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
    // Counted behind the answers, which do not wait for it.
    await vi.waitFor(async () => {
      const { body } = await call("GET", `${path}/current-api-key`);
      expect(body.data.usage_count).toBe(INSTANCE_ROUTES.length - OPERATOR_ROUTES.size);
      expect(body.data.last_use).toMatch(ISO);
    });
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

describe("errors", () => {
  it.each(INSTANCE_ROUTES.map(([method, route, body]) => ({ method, route, body })))(
    "S2-16 $method …$route answers 404 for an unknown id",
    async ({ method, route, body }) => {
      const { call } = createTestApi();
      const answer = await call(method, `${INSTANCES}/${UNKNOWN}${route}`, { body });
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual(NOT_FOUND);
    },
  );

  it.each([
    "1",
    "not-a-uuid",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f",
    "%00",
    "%ff",
    "550e8400-e29b-41d4-a716-446655440000%0a",
    "550e8400e29b41d4a716446655440000",
  ])("C-16 the id %s is unknown", async (id) => {
    const { call } = createTestApi();
    const { status, body } = await call("GET", `${INSTANCES}/${id}`);
    expect(status).toBe(404);
    expect(body).toEqual(NOT_FOUND);
  });

  it.each([
    ["PUT", INSTANCES],
    ["PATCH", `${INSTANCES}/${UNKNOWN}`],
    ["GET", `${INSTANCES}/${UNKNOWN}/start`],
    ["POST", `${INSTANCES}/${UNKNOWN}/logs`],
    ["OPTIONS", INSTANCES],
    ["GET", "/api/v1"],
    ["GET", "/api/v1/"],
    ["GET", "/api/v1/nothing"],
    ["GET", `${INSTANCES}/`],
    ["GET", `${INSTANCES}/${UNKNOWN}/nothing`],
    ["GET", `${INSTANCES}//qr`],
  ])("S2-16 %s %s is no route", async (method, path) => {
    const { call } = createTestApi();
    const { status, body } = await call(method, path);
    expect(status).toBe(404);
    expect(body).toEqual({ success: false, error: expect.any(String), code: "NOT_FOUND" });
  });

  it.each(["{", "", "[1,", "\u0000", '{"company_id":"c",}'])(
    "S2-16 the body %j is no JSON",
    async (body) => {
      const { call } = createTestApi();
      const answer = await call("POST", INSTANCES, { body });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({
        success: false,
        error: "the request body is not valid JSON",
        code: "INVALID_JSON",
      });
    },
  );

  it.each(["text/plain", "application/x-www-form-urlencoded"])(
    "S2-17 a body of type %s is a wrong request",
    async (type) => {
      const { call } = createTestApi();
      const request = { body: "company_id=c", headers: { "content-type": type } };
      const { status, body } = await call("POST", INSTANCES, request);
      expect(status).toBe(400);
      expect(body.code).toBe("UNSUPPORTED_MEDIA_TYPE");
    },
  );

  it("S2-17 refuses a body over one MiB, told or not", async () => {
    const { call, handler } = createTestApi();
    const text = JSON.stringify({ company_id: "c", provider: "x".repeat(1_048_576) });
    const told = await call("POST", INSTANCES, { body: text });
    expect(told.status).toBe(413);
    expect(told.body.code).toBe("PAYLOAD_TOO_LARGE");
    const untold = await handler(
      new Request(`http://test${INSTANCES}`, {
        method: "POST",
        headers: { "x-api-key": "operator-key", "content-type": "application/json" },
        body: new Blob([text]).stream(),
        duplex: "half",
      }),
    );
    expect(untold.status).toBe(413);
  });

  it("S2-17 tells nothing of what went wrong inside", async () => {
    const { call, create, manager } = createTestApi();
    const { path } = await create();
    vi.spyOn(manager, "get").mockRejectedValue(new Error("SELECT hunter2 FROM secrets"));
    const { status, body } = await call("GET", path);
    expect(status).toBe(500);
    expect(body).toEqual({ success: false, error: "Internal server error", code: "INTERNAL" });
  });

  it("S2-16 reads HEAD like GET, without a body", async () => {
    const { call, create } = createTestApi();
    const { path } = await create();
    const found = await call("HEAD", path);
    expect([found.status, found.body]).toEqual([200, null]);
    const missing = await call("HEAD", `${INSTANCES}/${UNKNOWN}`);
    expect([missing.status, missing.body]).toEqual([404, null]);
  });
});
