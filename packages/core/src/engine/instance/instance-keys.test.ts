import { expect, it, vi } from "vitest";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { type FakeManager, World } from "../../testing/harness/world.ts";

async function createKeyed(manager: FakeManager) {
  const { id } = await manager.create({ provider: "fake" });
  const { key } = await manager.keys.current(id);
  return { id, key };
}

describeEachDatabase("the keys of an instance", (createDatabase) => {
  it("S2-05 counts every use exactly, the moment it is asked, and after a restart", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id, key } = await createKeyed(manager);
    const owners = await Promise.all(
      Array.from({ length: 500 }, () => manager.keys.authenticate(key)),
    );
    expect(new Set(owners)).toEqual(new Set([id]));
    expect(await manager.keys.current(id)).toMatchObject({
      usageCount: 500,
      lastUsedAt: expect.any(String),
    });
    await manager.keys.authenticate(key);
    await manager.close();
    const next = await world.open();
    expect((await next.keys.current(id)).usageCount).toBe(501);
  });

  it("stores uses by itself, many of them in few writes", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { key } = await createKeyed(manager);
    for (let n = 0; n < 100; n += 1) await manager.keys.authenticate(key);
    await vi.waitFor(
      async () => {
        const rows = await world.database.sql("select usage_count from instance_key");
        expect(rows.map((row) => Number(row["usage_count"]))).toEqual([100]);
      },
      { timeout: 8000 },
    );
  });

  it("both work until the overlap ends; then the old one is refused and erased", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id, key: old } = await createKeyed(manager);
    const { key } = await manager.keys.rotate(id);
    expect(key).not.toBe(old);
    expect((await manager.keys.current(id)).key).toBe(key);
    expect(await manager.keys.authenticate(old)).toBe(id);
    expect(await manager.keys.authenticate(key)).toBe(id);
    const [first, second, ...more] = await manager.keys.list(id);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ lastFour: key.slice(-4), expiresAt: null, usageCount: 1 });
    expect(second).toMatchObject({ lastFour: old.slice(-4), usageCount: 1 });
    expect(JSON.stringify([first, second])).not.toContain(key.slice(0, 20));
    const leftMs = Date.parse(second?.expiresAt ?? "") - Date.now();
    expect(leftMs).toBeGreaterThan(23 * 3_600_000);
    expect(leftMs).toBeLessThanOrEqual(24 * 3_600_000);
    await world.database.sql("update instance_key set expires_at = 1 where expires_at is not null");
    expect(await manager.keys.authenticate(old)).toBeNull();
    expect(await manager.keys.list(id)).toHaveLength(1);
    expect(await manager.storage.sweep()).toMatchObject({ instanceKeys: 1 });
    expect(await world.database.sql("select id from instance_key")).toHaveLength(1);
    expect(await manager.keys.authenticate(key)).toBe(id);
  });

  it("no overlap ends every other key at once, a longer one revives none", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id, key: first } = await createKeyed(manager);
    await manager.keys.rotate(id, { overlapMs: 60_000 });
    const before = (await manager.keys.list(id))[1]?.expiresAt;
    await manager.keys.rotate(id, { overlapMs: 3_600_000 });
    const [, second, third] = await manager.keys.list(id);
    expect(third?.expiresAt).toBe(before);
    expect(Date.parse(second?.expiresAt ?? "")).toBeGreaterThan(Date.parse(before ?? ""));
    const { key } = await manager.keys.rotate(id, { overlapMs: 0 });
    expect(await manager.keys.authenticate(first)).toBeNull();
    expect(await manager.keys.list(id)).toHaveLength(1);
    expect(await manager.keys.authenticate(key)).toBe(id);
  });

  it("rotations at once leave one current key", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id } = await createKeyed(manager);
    await Promise.all(Array.from({ length: 5 }, () => manager.keys.rotate(id)));
    const keys = await manager.keys.list(id);
    expect(keys.map(({ expiresAt }) => expiresAt === null)).toEqual([
      true,
      ...Array.from({ length: 5 }, () => false),
    ]);
  });

  it("revokes one that was replaced, never the current one or another instance's", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id, key: old } = await createKeyed(manager);
    const { id: otherId } = await createKeyed(manager);
    const { id: currentId, key } = await manager.keys.rotate(id);
    const oldId = (await manager.keys.list(id))[1]?.id ?? "";
    await expect(manager.keys.revoke(id, currentId)).rejects.toMatchObject({
      code: "INSTANCE_KEY_CURRENT",
    });
    await expect(manager.keys.revoke(otherId, oldId)).rejects.toMatchObject({
      code: "INSTANCE_KEY_NOT_FOUND",
    });
    expect(await manager.keys.authenticate(old)).toBe(id);
    await manager.keys.revoke(id, oldId);
    expect(await manager.keys.authenticate(old)).toBeNull();
    expect(await manager.keys.authenticate(key)).toBe(id);
    await expect(manager.keys.revoke(id, oldId)).rejects.toMatchObject({
      code: "INSTANCE_KEY_NOT_FOUND",
    });
  });

  it("refuses what is no overlap, and instances that do not exist", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id, key } = await createKeyed(manager);
    for (const overlapMs of [-1, 1.5, Number.NaN, 31 * 86_400_000]) {
      await expect(manager.keys.rotate(id, { overlapMs })).rejects.toMatchObject({
        code: "VALIDATION_FAILED",
      });
    }
    expect((await manager.keys.current(id)).key).toBe(key);
    await manager.remove(id);
    for (const call of [
      manager.keys.current(id),
      manager.keys.list(id),
      manager.keys.rotate(id),
      manager.keys.revoke(id, "x"),
    ]) {
      await expect(call).rejects.toMatchObject({ code: "INSTANCE_NOT_FOUND" });
    }
    expect(await manager.keys.authenticate(key)).toBeNull();
  });
});
