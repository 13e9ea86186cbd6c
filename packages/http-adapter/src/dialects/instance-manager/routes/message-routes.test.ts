import { OrquestaError } from "@orquesta/core";
import { describe, expect, it, vi } from "vitest";
import { createTestApi } from "../../../test-api.ts";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

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
