import { expect, it } from "vitest";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { World } from "../../testing/harness/world.ts";

describeEachDatabase("session keys", (createDatabase) => {
  it("that have expired are erased, the others stay", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const value = Buffer.from("k");
    await session.commit({
      keys: [
        { type: "t", id: "old", value, expiresAt: Date.now() - 1 },
        { type: "t", id: "later", value, expiresAt: Date.now() + 60_000 },
        { type: "t", id: "kept", value },
      ],
    });
    expect(await manager.storage.sweep()).toMatchObject({ sessionKeys: 1 });
    const stored = await world.platform
      .session(instance.id)
      .keys.get("t", ["old", "later", "kept"]);
    expect([...stored.keys()].toSorted()).toEqual(["kept", "later"]);
  });

  it("of one instance are not those of another, and do not open when they are moved there", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const a = await world.connect(manager);
    const b = await world.connect(manager);
    await a.session.commit({ keys: [{ type: "t", id: "1", value: Buffer.from("a") }] });
    expect((await b.session.keys.get("t", ["1"])).size).toBe(0);
    await world.database.sql("update session_key set instance_id = ?", b.instance.id);
    await expect(b.session.keys.get("t", ["1"])).rejects.toMatchObject({
      code: "SESSION_KEYS_UNREADABLE",
    });
  });
});
