import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { InstanceManager } from "@orquesta/core";
import { FakePlatform } from "@orquesta/core/testing";
import { Webhook } from "standardwebhooks";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type VerifiedWebhook, verifyWebhook, type WebhookRequest } from "./index.ts";

const SECRET = `whsec_${Buffer.alloc(32, "one").toString("base64")}`;
const OTHER = `whsec_${Buffer.alloc(32, "two").toString("base64")}`;
const BODY = '{"text":"Olá ✓"}';

/** As another implementation of the standard signs it. */
function signed({ secret = SECRET, body = BODY, at = new Date(), id = "msg_1" } = {}): {
  readonly headers: Record<string, string>;
  readonly body: string;
} {
  return {
    body,
    headers: {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": new Webhook(secret).sign(id, at, body),
    },
  };
}

function verify(request: Partial<WebhookRequest>): VerifiedWebhook {
  return verifyWebhook({ secret: SECRET, ...signed(), ...request });
}

describe("verifyWebhook", () => {
  it("takes what the standard's own library signed", () => {
    expect(verify({})).toMatchObject({ id: "msg_1", body: { text: "Olá ✓" }, event: null });
    expect(verify({ body: Buffer.from(BODY) }).body).toEqual({ text: "Olá ✓" });
    expect(verify({ headers: new Headers(signed().headers) }).id).toBe("msg_1");
    const upper = Object.entries(signed().headers).map(([name, value]) => [
      name.toUpperCase(),
      value,
    ]);
    expect(verify({ headers: Object.fromEntries(upper) }).id).toBe("msg_1");
  });

  it("takes either secret while one is changed, on either side", () => {
    expect(verify({ secret: [OTHER, SECRET] }).id).toBe("msg_1");
    const { headers } = signed();
    const both = `${signed({ secret: OTHER }).headers["webhook-signature"]} ${headers["webhook-signature"]}`;
    expect(verify({ headers: { ...headers, "webhook-signature": both } }).id).toBe("msg_1");
  });

  it.each<[string, Partial<WebhookRequest>]>([
    ["another secret", { secret: OTHER }],
    ["a changed body", { body: '{"text":"Ola"}' }],
    ["no signature", { headers: { ...signed().headers, "webhook-signature": undefined } }],
    ["an empty one", { headers: { ...signed().headers, "webhook-signature": "v1," } }],
    ["one of another kind", { headers: { ...signed().headers, "webhook-signature": "v2,abcd" } }],
    ["a changed id", { headers: { ...signed().headers, "webhook-id": "msg_2" } }],
    ["two ids", { headers: { ...signed().headers, "webhook-id": ["msg_1", "msg_2"] } }],
    ["a changed time", { headers: { ...signed().headers, "webhook-timestamp": "1" } }],
    ["no time", { headers: { ...signed().headers, "webhook-timestamp": "now" } }],
    ["an old request", signed({ at: new Date(Date.now() - 301_000) })],
    ["one from the future", signed({ at: new Date(Date.now() + 302_000) })],
    ["a body that is not JSON", signed({ body: "hello" })],
  ])("refuses %s with one clear error", (_, request) => {
    expect(() => verify(request)).toThrow(
      expect.objectContaining({ name: "WebhookNotVerified", code: "WEBHOOK_NOT_VERIFIED" }),
    );
  });

  it("takes an older request when it is told to", () => {
    const old = signed({ at: new Date(Date.now() - 3_600_000) });
    expect(verify({ ...old, toleranceSeconds: 4000 }).id).toBe("msg_1");
  });

  it("says so when the secret is none, and not that the request is wrong", () => {
    for (const secret of ["", "whsec_", "whsec_not base64"]) {
      expect(() => verify({ secret })).toThrow(TypeError);
    }
  });

  it("takes what the engine posts", async () => {
    const verified: VerifiedWebhook[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
      const { headers } = request;
      verified.push(verifyWebhook({ secret: SECRET, headers, body: Buffer.concat(chunks) }));
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    // A server that listens on a port has such an address.
    const { port } = server.address() as AddressInfo;
    const platform = new FakePlatform();
    const manager = new InstanceManager({ providers: [platform.provider] });
    onTestFinished(() => manager.close());
    const webhooks = [{ url: `http://127.0.0.1:${port}/`, secret: SECRET }];
    const { id } = await manager.create({ provider: "fake", webhooks });
    await vi.waitFor(() => expect(verified).toHaveLength(1));
    expect(verified[0]).toMatchObject({
      event: "instance.created",
      body: { name: "instance.created", instanceId: id },
    });
  });
});
