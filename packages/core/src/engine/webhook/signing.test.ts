import { Webhook as StandardWebhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually } from "../../testing/harness/eventually.ts";
import { type Received, WebSink } from "../../testing/harness/web-sink.ts";
import { World } from "../../testing/harness/world.ts";

const SECRET = `whsec_${Buffer.alloc(32, "one").toString("base64")}`;

/** What the standard's own library says. */
function verify(secret: string, { text, headers }: Received): void {
  new StandardWebhook(secret).verify(text, headers);
}

describeEachDatabase("pain 17: deliveries are signed, and the signature", (createDatabase) => {
  it("is what the Standard Webhooks library expects, also from the next process", async () => {
    await using sink = await WebSink.open();
    await using world = new World(createDatabase());
    const manager = await world.open();
    const headers = { "Webhook-Signature": "v1,Zm9yZ2Vk", "webhook-id": "forged" };
    const webhooks = [{ url: sink.url(), secret: SECRET, headers }];
    const { instance, session } = await world.connect(manager, { webhooks });
    await session.receive("Olá ✓ 👍");
    await eventually(() => sink.received.length === 4);
    for (const received of sink.received) {
      verify(SECRET, received);
      expect(received.headers["webhook-id"]).toBe((received.body as { id: string }).id);
      expect(() =>
        verify(`whsec_${Buffer.alloc(32, "two").toString("base64")}`, received),
      ).toThrow();
    }
    await manager.close();
    const second = await world.open();
    await eventually(async () => (await second.get(instance.id)).status === "connected");
    await world.platform.session(instance.id).receive("again");
    await eventually(() => sink.received.some(({ text }) => text.includes("again")));
    for (const received of sink.received) verify(SECRET, received);
    // Sealed at rest.
    const rows = JSON.stringify(await world.database.sql("select * from webhook"));
    expect(rows).not.toContain(SECRET.slice(6));
  });
});

describe("the secret of a webhook", () => {
  it.each(["hello", "whsec_", "whsec_c2hvcnQ=", `whsec_${"A".repeat(100)}`, "whsec_%%%%"])(
    "may not be %s",
    async (secret) => {
      await using world = new World();
      const manager = await world.open();
      const webhooks = [{ url: "http://127.0.0.1:9/", secret }];
      await expect(manager.create({ provider: "fake", webhooks })).rejects.toMatchObject({
        code: "VALIDATION_FAILED",
        message: expect.not.stringContaining(secret.slice(0, 20).padEnd(7, "#")),
      });
    },
  );
});
