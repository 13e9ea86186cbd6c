import { expect, it } from "vitest";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { World } from "../../testing/harness/world.ts";

/** Postgres refuses U+0000 in a text; whoever writes to an account could stop it with that. */
describeEachDatabase("a null character", (createDatabase) => {
  it("from people and platforms stops nothing", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    await session.commit({ keys: [{ type: "contact", id: "a\0b", value: Buffer.from("x") }] });
    await session.context.keys.get("contact", ["a\0b", "\0"]);
    await manager.stop(instance.id);
    await manager.sessions.export(instance.id, { passphrase: "correct horse battery" });
    await manager.start(instance.id, { until: "connected", timeoutMs: 8000 });
    await world.platform
      .session(instance.id)
      .receive("before\0after", { chatId: "chat\0", id: "m\0" });
    const { events } = await manager.events.read(instance.id, { names: ["message.received"] });
    expect(events).toMatchObject([{ data: { message: { content: { text: "before\0after" } } } }]);
    expect((await manager.get(instance.id)).status).toBe("connected");
  });

  it("in what a caller asks for finds nothing, or is kept", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake", companyId: "a\0b" });
    expect(await manager.list({ companyId: "a\0b" })).toMatchObject([{ id }]);
    expect(await manager.list({ companyId: "\0" })).toEqual([]);
    await expect(manager.get("\0")).rejects.toMatchObject({ code: "INSTANCE_NOT_FOUND" });
    await expect(manager.keys.revoke(id, "\0")).rejects.toMatchObject({
      code: "INSTANCE_KEY_NOT_FOUND",
    });
    expect(await manager.webhooks.deliveries(id, { webhookId: "\0" })).toMatchObject({
      deliveries: [],
    });
  });
});
