import { describe, expect, it, vi } from "vitest";
import { createTestApi } from "../../../test-api.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INSTANCES = "/api/v1/instances";

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
      start: true,
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
