import { expect, it, vi } from "vitest";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { World } from "../../testing/harness/world.ts";

describeEachDatabase("the nodes of one database", (createDatabase) => {
  it("get a higher fence with every new owner", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    const fence = async () => {
      const [row] = await world.database.sql("select fence from instance");
      return Number(row?.["fence"]);
    };
    expect(await fence()).toBe(1);
    await manager.close();
    const second = await world.open({ nodeId: "node-b" });
    await eventually(async () => (await second.get(instance.id)).status === "connected");
    expect(await fence()).toBe(2);
  });

  it("leave each other's instances alone, and take what a closed one frees", async () => {
    await using world = new World(createDatabase());
    if (world.database.kind === "sqlite") return;
    const a = await world.open({ nodeId: "node-a" });
    const before = await world.connect(a, { name: "before" });
    const b = await world.open({ nodeId: "node-b" });
    const after = await world.connect(a, { name: "after" });
    await quiet();
    await before.session.receive("still mine");
    await after.session.receive("still mine");
    await expect(b.stop(before.instance.id)).rejects.toMatchObject({ code: "FENCE_LOST" });
    expect((await b.get(before.instance.id)).status).toBe("connected");
    await a.close();
    const c = await world.open({ nodeId: "node-c" });
    for (const { instance } of [before, after]) {
      await eventually(async () => (await c.get(instance.id)).status === "connected");
      expect(world.platform.hasSession(instance.id)).toBe(true);
    }
  });

  it("renew what they run, and take over from one that is silent", async () => {
    await using world = new World(createDatabase());
    if (world.database.kind === "sqlite") return;
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
    try {
      const a = await world.open({ nodeId: "node-a" });
      const { instance, session } = await world.connect(a);
      const b = await world.open({ nodeId: "node-b" });
      for (let second = 0; second < 40; second += 5) {
        await vi.advanceTimersByTimeAsync(5000);
        await session.receive(`after ${second}`);
        await eventually(async () => {
          const [row] = await world.database.sql("select lease_expires_at from instance");
          return Number(row?.["lease_expires_at"]) > Date.now();
        });
      }
      // Node a falls silent: its lease runs out, as far as the database can tell.
      await world.database.sql("update instance set lease_expires_at = 1, lease_node = 'gone'");
      await vi.advanceTimersByTimeAsync(5000);
      await eventually(() => session.closed, "the former owner ends its session");
      await eventually(() => world.platform.hasSession(instance.id));
      const owner = await eventually(async () => {
        const [row] = await world.database.sql("select lease_node from instance");
        return row?.["lease_node"] !== "gone" && String(row?.["lease_node"]);
      });
      expect(["node-a", "node-b"]).toContain(owner);
      await expect(session.receive("late")).rejects.toMatchObject({ code: /FENCE_LOST|CLOSED/ });
      await b.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it("may start at the same time on an empty database", async () => {
    await using world = new World(createDatabase());
    if (world.database.kind === "sqlite") return;
    const nodes = Array.from({ length: 4 }, (_, n) => world.create({ nodeId: `node-${n}` }));
    await Promise.all(nodes.map((node) => node.ready()));
  });
});
