import { expect, it } from "vitest";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import type { TestDatabase } from "../../testing/harness/test-database.ts";
import { type FakeManager, World } from "../../testing/harness/world.ts";
import type { OutgoingContent } from "../message/outgoing-content.ts";

/** Tables whose rows belong to no instance. */
const OF_NOBODY = ["reader", "duty"];

async function rowsOf(database: TestDatabase, instanceId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of await database.tables()) {
    if (OF_NOBODY.includes(table)) continue;
    const column = table === "instance" ? "id" : "instance_id";
    const [row] = await database.sql(
      `select count(*) as n from ${table} where ${column} = ?`,
      instanceId,
    );
    counts[table] = Number(row?.["n"]);
  }
  return counts;
}

/** Fills every table with rows of one instance. */
async function live(world: World, manager: FakeManager): Promise<string> {
  const webhooks = [{ url: "http://127.0.0.1:9/hook" }];
  const { instance, session: first } = await world.connect(manager, { webhooks });
  const keys = [{ type: "creds", id: "1", value: Buffer.from("k") }];
  await first.commit({ keys });
  await manager.logout(instance.id);
  await manager.start(instance.id, { until: "connected", timeoutMs: 60_000 });
  const session = world.platform.session(instance.id);
  await session.commit({ keys });
  await Promise.all(Array.from({ length: 50 }, (_, n) => session.receive(String(n))));
  await manager.send(instance.id, "5511988887777", { type: "text", text: "hi" }, { until: "sent" });
  const poll: OutgoingContent = { type: "poll", question: "?", options: ["a", "b"] };
  await manager.send(instance.id, "5511988887777", poll, { until: "sent" });
  const { id: pollId } = world.platform.account(instance.id).messages.at(-1) ?? { id: "" };
  await world.platform.peer(() => instance.id).vote(pollId, ["a"]);
  const buttons = [{ id: "a", title: "A" }];
  await manager.send(instance.id, "5511988887777", { type: "buttons", text: "?", buttons });
  await manager.logs(instance.id);
  await world.database.sql(
    "insert into bot_session (instance_id, bot, chat_id, value, event_id, updated_at) values (?, 'b', 'c', '{}', 'e', 0)",
    instance.id,
  );
  await world.database.sql(
    "insert into open_menu (instance_id, chat_id, message_id, options, expires_at) values (?, 'c', 'm', '[]', 9999999999999)",
    instance.id,
  );
  const media = { id: "m", mimeType: "image/png", size: 1, fileName: null };
  await session.receiveContent({ type: "image", media, caption: null });
  return instance.id;
}

describeEachDatabase("removing an instance", (createDatabase) => {
  it("erases every row of every table, and no row of another instance", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    manager.consume("bot", () => {});
    const kept = await live(world, manager);
    const id = await live(world, manager);
    const counts = await eventually(async () => {
      const found = await rowsOf(world.database, id);
      return Object.values(found).every((n) => n > 0) && found;
    });
    expect(Object.keys(counts).length).toBeGreaterThanOrEqual(10);
    // Right after something was logged and journaled, which is still on its way to the disk.
    const session = world.platform.session(id);
    session.context.logger.info("nearly gone");
    const late = Array.from({ length: 200 }, (_, n) => session.receive(`late ${n}`));
    await Promise.all([Promise.allSettled(late), manager.remove(id)]);
    session.context.logger.info("gone");
    await quiet();
    await manager.close();
    const left = await rowsOf(world.database, id);
    expect(Object.entries(left).filter(([, n]) => n > 0)).toEqual([]);
    const others = await rowsOf(world.database, kept);
    expect(Object.entries(others).filter(([, n]) => n === 0)).toEqual([]);
  });

  it("is finished on the next start when it was interrupted", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const id = await live(world, manager);
    await manager.close();
    await world.database.sql("update instance set desired = 'removed'");
    await world.database.sql("delete from session_key");
    const forgotten: string[] = [];
    const forget = async (instanceId: string) => void forgotten.push(instanceId);
    const second = await world.open({ providers: [{ ...world.platform.provider, forget }] });
    expect(forgotten).toEqual([id]);
    expect(await second.list()).toEqual([]);
    await expect(second.get(id)).rejects.toMatchObject({ code: "INSTANCE_NOT_FOUND" });
    await second.close();
    const left = await rowsOf(world.database, id);
    expect(Object.entries(left).filter(([, n]) => n > 0)).toEqual([]);
    expect(world.platform.hasSession(id)).toBe(false);
  });

  it("is finished even when the provider cannot erase what it keeps", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    await live(world, manager);
    await manager.close();
    await world.database.sql("update instance set desired = 'removed'");
    const forget = () => Promise.reject(new Error("the disk is away"));
    const second = await world.open({ providers: [{ ...world.platform.provider, forget }] });
    expect(await second.list()).toEqual([]);
  });

  it("frees its name", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const first = await manager.create({ provider: "fake", name: "same" });
    await expect(manager.create({ provider: "fake", name: "same" })).rejects.toMatchObject({
      code: "INSTANCE_NAME_TAKEN",
    });
    await manager.remove(first.id);
    const second = await manager.ensure({ provider: "fake", name: "same" });
    expect(second.id).not.toBe(first.id);
    expect((await manager.ensure({ provider: "fake", name: "same" })).id).toBe(second.id);
  });
});
