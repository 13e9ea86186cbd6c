import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { verifyWebhook } from "../../../client/index.ts";
import { createTestApi } from "../../../test-api.ts";

const WEBHOOK = { url: "https://hooks.example.com/a" };

/** An endpoint on this machine, under the one name that the operator of the test API does not refuse. */
async function openEndpoint(answer: () => number = () => 200) {
  const requests: { readonly headers: Record<string, string>; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    requests.push({ headers: Object.fromEntries(headers), body: Buffer.concat(chunks).toString() });
    response.writeHead(answer()).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has such an address.
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, requests };
}

describe("webhook routes", () => {
  it("add, show, change and remove, with the instance's key, too", async () => {
    const { call, create } = createTestApi();
    const { key, path } = await create();
    const body = { ...WEBHOOK, headers: { "x-token": "t0p" }, events: ["message.*"] };
    const added = await call("POST", `${path}/webhooks`, { key, body });
    expect(added.status).toBe(200);
    const { secret, ...shown } = added.body.data;
    expect(secret).toMatch(/^whsec_/);
    expect(shown).toEqual({
      id: expect.any(String),
      url: WEBHOOK.url,
      headers: { "x-token": "********" },
      enabled: true,
      disabled_reason: null,
      shape: "instance-manager",
      events: ["message.*"],
      max_per_second: null,
      timeout_seconds: 15,
      media_base64: false,
      signed: true,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    const one = `${path}/webhooks/${shown.id}`;
    const changed = await call("PATCH", one, {
      key,
      body: {
        enabled: false,
        max_per_second: 10,
        timeout_seconds: 5,
        events: null,
        media_base64: true,
      },
    });
    expect(changed.body.data).toMatchObject({
      enabled: false,
      max_per_second: 10,
      timeout_seconds: 5,
      media_base64: true,
      events: null,
      headers: { "x-token": "********" },
    });
    expect((await call("GET", one, { key })).body).toEqual(changed.body);
    const { body: list } = await call("GET", `${path}/webhooks`, { key });
    expect(JSON.stringify(list)).not.toMatch(/whsec_|t0p/);
    expect(list.data).toEqual([changed.body.data]);
    const removed = await call("DELETE", one, { key });
    expect(removed.body).toEqual({ success: true, message: "Webhook deleted successfully" });
    expect(await call("DELETE", one, { key })).toMatchObject({
      status: 404,
      body: { success: false, code: "WEBHOOK_NOT_FOUND" },
    });
  });

  it("S2-23 the webhook that came with the instance is there; its secret is told by rotating it", async () => {
    const { call, create } = createTestApi();
    const { path } = await create({ api_webhook_schema: WEBHOOK });
    const { body } = await call("GET", `${path}/webhooks`);
    expect(body.data).toMatchObject([{ ...WEBHOOK, shape: "instance-manager", signed: true }]);
    const one = `${path}/webhooks/${body.data[0].id}`;
    const rotated = await call("POST", `${one}/rotate-secret`);
    expect(rotated.body.data).toEqual({
      secret: expect.stringMatching(/^whsec_/),
      former_valid_until: expect.any(String),
    });
    const secret = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
    const given = { secret, overlap_seconds: 0 };
    expect((await call("POST", `${one}/rotate-secret`, { body: given })).body.data.secret).toBe(
      secret,
    );
  });

  it.each([
    ["no URL", {}, "VALIDATION_FAILED"],
    ["a private address", { url: "http://127.0.0.1:1/" }, "WEBHOOK_TARGET_REFUSED"],
    ["the metadata address", { url: "http://169.254.169.254/" }, "WEBHOOK_TARGET_REFUSED"],
    ["another protocol", { url: "file:///etc/passwd" }, "VALIDATION_FAILED"],
    ["an unknown event", { ...WEBHOOK, events: ["qr"] }, "VALIDATION_FAILED"],
    ["an unknown field", { ...WEBHOOK, maxPerSecond: 1 }, "VALIDATION_FAILED"],
    ["too many a second", { ...WEBHOOK, max_per_second: 1000 }, "VALIDATION_FAILED"],
    ["a weak secret", { ...WEBHOOK, secret: "whsec_abcd" }, "VALIDATION_FAILED"],
    ["a header that breaks lines", { ...WEBHOOK, headers: { a: "b\r\nc" } }, "VALIDATION_FAILED"],
  ])("refuse %s, and nothing is added or changed", async (_, body, code) => {
    const { call, create } = createTestApi();
    const { key, path } = await create();
    const refused = { status: 400, body: { success: false, code } };
    expect(await call("POST", `${path}/webhooks`, { key, body })).toMatchObject(refused);
    const { body: added } = await call("POST", `${path}/webhooks`, { key, body: WEBHOOK });
    const one = `${path}/webhooks/${added.data.id}`;
    if (Object.keys(body).length > 0) {
      expect(await call("PATCH", one, { key, body })).toMatchObject(refused);
    }
    const { body: list } = await call("GET", `${path}/webhooks`, { key });
    expect(list.data).toMatchObject([WEBHOOK]);
  });

  it("tell limits in the words of this API", async () => {
    const { call, create } = createTestApi();
    const { path } = await create();
    const body = { ...WEBHOOK, max_per_second: 1000 };
    const { body: refused } = await call("POST", `${path}/webhooks`, { body });
    expect(refused.error).toBe("max_per_second: the operator allows 1 to 100");
    expect(refused.details).toEqual([{ field: "max_per_second", message: "may be 1 to 100" }]);
    const slow = await call("POST", `${path}/webhooks`, {
      body: { ...WEBHOOK, timeout_seconds: 61 },
    });
    expect(slow.body.error).toBe("timeout_seconds: Too big: expected number to be <=60");
    const headers = { Host: "elsewhere" };
    const named = await call("POST", `${path}/webhooks`, { body: { ...WEBHOOK, headers } });
    expect(named.body.error).toBe("webhook is not valid: headers.Host: may not be set");
  });

  it("are closed to strangers", async () => {
    const { call, create } = createTestApi();
    const { path } = await create({ api_webhook_schema: WEBHOOK });
    const { key: other } = await create();
    const { body } = await call("GET", `${path}/webhooks`);
    const one = `${path}/webhooks/${body.data[0].id}`;
    for (const [method, route] of [
      ["GET", `${path}/webhooks`],
      ["POST", `${path}/webhooks`],
      ["GET", one],
      ["PATCH", one],
      ["DELETE", one],
      ["POST", `${one}/rotate-secret`],
      ["POST", `${one}/test`],
      ["POST", `${one}/replay`],
      ["POST", `${one}/redeliver-dead`],
      ["GET", `${path}/deliveries`],
      ["POST", `${path}/deliveries/1/redeliver`],
    ] as const) {
      const request = method === "GET" ? {} : { body: WEBHOOK };
      expect((await call(method, route, { ...request, key: null })).status, route).toBe(401);
      expect((await call(method, route, { ...request, key: other })).status, route).toBe(404);
    }
  });
});

describe("delivery routes", () => {
  it("show deliveries, make them again, replay and test", async () => {
    let status = 500;
    const endpoint = await openEndpoint(() => status);
    const { call, createConnected, session } = createTestApi();
    const { id, key, path } = await createConnected();
    const { url } = endpoint;
    const { body: added } = await call("POST", `${path}/webhooks`, { key, body: { url } });
    const { id: webhookId, secret } = added.data;
    const one = `${path}/webhooks/${webhookId}`;

    expect((await call("POST", `${one}/test`, { key })).body.data).toEqual({
      ok: false,
      status: 500,
      duration_ms: expect.any(Number),
      error: "the endpoint answered 500",
    });
    status = 200;
    expect((await call("POST", `${one}/test`, { key })).body.data).toMatchObject({ ok: true });
    endpoint.requests.length = 0;

    await (await session(id)).receive("hello");
    await vi.waitFor(() => expect(endpoint.requests).toHaveLength(1));
    const listed = `${path}/deliveries?state=done&webhook_id=${webhookId}&limit=1`;
    const delivery = await vi.waitFor(async () => {
      const { body } = await call("GET", listed, { key });
      expect(body.data.deliveries).toHaveLength(1);
      return body.data.deliveries[0];
    });
    expect(delivery).toEqual({
      id: expect.any(String),
      webhook_id: webhookId,
      event_id: endpoint.requests[0]?.headers["webhook-id"],
      event: "message.received",
      event_number: expect.any(Number),
      state: "done",
      attempts: 1,
      error: null,
      last_status: 200,
      duration_ms: expect.any(Number),
      created_at: expect.any(String),
      next_attempt_at: null,
      finished_at: expect.any(String),
    });

    const again = await call("POST", `${path}/deliveries/${delivery.id}/redeliver`, { key });
    expect(again.body.data).toMatchObject({ webhook_id: webhookId, event_id: delivery.event_id });
    await vi.waitFor(() => expect(endpoint.requests).toHaveLength(2));
    const replay = await call("POST", `${one}/replay`, { key, body: { from: 1 } });
    expect(replay.body).toEqual({ success: true, data: { deliveries: 1 } });
    await vi.waitFor(() => expect(endpoint.requests).toHaveLength(3));
    for (const request of endpoint.requests) {
      expect(verifyWebhook({ secret, ...request }).id).toBe(delivery.event_id);
    }
    const dead = await call("POST", `${one}/redeliver-dead`, { key });
    expect(dead.body).toEqual({ success: true, data: { deliveries: 0 } });
  });

  it("refuse what is wrong", async () => {
    const { call, create } = createTestApi();
    const { key, path } = await create({ api_webhook_schema: { ...WEBHOOK, enabled: false } });
    const { body } = await call("GET", `${path}/webhooks`);
    const one = `${path}/webhooks/${body.data[0].id}`;
    const expected = (status: number, code: string) => ({ status, body: { success: false, code } });
    const invalid = expected(400, "VALIDATION_FAILED");
    for (const query of ["state=lost", "limit=0", "limit=501", "limit=x", "cursor=x"]) {
      expect(await call("GET", `${path}/deliveries?${query}`, { key }), query).toMatchObject(
        invalid,
      );
    }
    for (const wrong of [{}, { from: 0 }, { from: 2, to: 1 }, { from: "1" }]) {
      const answer = await call("POST", `${one}/replay`, { key, body: wrong });
      expect(answer, JSON.stringify(wrong)).toMatchObject(invalid);
    }
    const off = await call("POST", `${one}/replay`, { key, body: { from: 1 } });
    expect(off).toMatchObject(expected(409, "WEBHOOK_DISABLED"));
    const unknown = await call("POST", `${path}/deliveries/77/redeliver`, { key });
    expect(unknown).toMatchObject(expected(404, "DELIVERY_NOT_FOUND"));
    for (let added = 1; added < 20; added += 1) {
      await call("POST", `${path}/webhooks`, { key, body: WEBHOOK });
    }
    const tooMany = await call("POST", `${path}/webhooks`, { key, body: WEBHOOK });
    expect(tooMany).toMatchObject(expected(409, "WEBHOOK_LIMIT_REACHED"));
  });

  it("tell the bytes of media to those that want them", async () => {
    const { call, createConnected, platform, session } = createTestApi();
    const { id, path } = await createConnected();
    const endpoint = await openEndpoint();
    const body = { url: endpoint.url, media_base64: true };
    expect((await call("POST", `${path}/webhooks`, { body })).status).toBe(200);
    platform.account(id).media.set("m1", Buffer.from("hello"));
    const media = { id: "m1", mimeType: "text/plain", size: 5, fileName: "a.txt" };
    await (await session(id)).receiveContent({ type: "document", media, caption: null });
    const told = await vi.waitFor(() => {
      const found = endpoint.requests.find(({ body: text }) => text.includes("m1"));
      if (found) return found.body;
      throw new Error("nothing was told");
    }, 10_000);
    expect(told).toContain('"base64":"aGVsbG8="');
    const wrong = { body: { url: endpoint.url, media_base64: "yes" } };
    const refused = await call("POST", `${path}/webhooks`, wrong);
    expect([refused.status, refused.body.error]).toEqual([
      400,
      expect.stringContaining("media_base64"),
    ]);
  });
});
