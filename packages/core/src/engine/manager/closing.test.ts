import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InstanceManager } from "../../index.ts";
import { FakePlatform } from "../../testing/fake-platform.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { RecordingLogger } from "../../testing/harness/recording-logger.ts";
import { WebSink } from "../../testing/harness/web-sink.ts";
import { World } from "../../testing/harness/world.ts";

const CLOSED = { code: "MANAGER_CLOSED" };
const never = () => new Promise<void>(() => {});

describeEachDatabase("close()", (createDatabase) => {
  it("ends what is under way, and posts nothing afterwards", async () => {
    await using sink = await WebSink.open();
    await using world = new World(createDatabase());
    const manager = await world.open({
      webhooks: { maxPerSecond: 0 },
    });
    const webhooks = [{ url: sink.url() }];
    const { instance, session } = await world.connect(manager, { webhooks });
    for (let n = 0; n < 450; n += 1) await session.receive(`message ${n}`);
    const [webhook] = await manager.webhooks.list(instance.id);
    const webhookId = webhook?.id ?? "";
    const stream = await manager.events.follow();
    const following = stream.next();
    const replays = Array.from({ length: 5 }, () =>
      manager.webhooks.replay(instance.id, webhookId, { from: 1 }),
    );
    const swept = manager.storage.sweep();
    const ends = Promise.allSettled(replays);
    await manager.close();
    for (const end of await ends) {
      if (end.status === "rejected") expect(end.reason).toMatchObject(CLOSED);
    }
    expect((await ends).some(({ status }) => status === "rejected")).toBe(true);
    await swept;
    await following;
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    const told = sink.received.length;
    await quiet(1000);
    expect(sink.received).toHaveLength(told);
  });

  it("ends the wait for a code that the platform does not give", async () => {
    await using world = new World(createDatabase(), { connects: false });
    let asked = false;
    world.platform.beforePairingCode = () => {
      asked = true;
      return never();
    };
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake", start: true });
    await eventually(() => world.platform.hasSession(id));
    world.platform.session(id).showQr();
    const pairing = expect(manager.pair(id, { phone: "5511999990000" })).rejects.toMatchObject(
      CLOSED,
    );
    await eventually(() => asked);
    await manager.close();
    await pairing;
  });

  it("opens no session of an instance that is created meanwhile", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    await world.connect(manager);
    const creating = manager.create({ provider: "fake", start: true });
    world.platform.whileClosing = async () => void (await creating);
    await manager.close();
    const { id } = await creating;
    await quiet();
    expect(world.platform.sessions).toEqual([]);
    const next = await world.open();
    await next.start(id, { until: "connected", timeoutMs: 60_000 });
  });

  it("leaves nothing open when the database refuses", async () => {
    await using world = new World(createDatabase());
    const logger = new RecordingLogger();
    const manager = await world.open({ logger });
    const { instance } = await world.connect(manager);
    await world.database.sql("alter table instance rename to hidden");
    await manager.close();
    expect(world.platform.sessions).toEqual([]);
    await world.database.sql("alter table hidden rename to instance");
    const next = await world.open();
    await next.start(instance.id, { until: "connected", timeoutMs: 60_000 });
  });

  it("happens by itself when opening fails half way", async () => {
    await using world = new World(createDatabase());
    await (await world.open()).close();
    await world.database.sql("alter table reader rename to hidden");
    const failed = world.create();
    await expect(failed.ready()).rejects.toMatchObject({ code: "DATABASE_FAILED" });
    await world.database.sql("alter table hidden rename to reader");
    await world.open();
    await failed.close();
  });
});

describe("close() during a backup", () => {
  it("cuts it off, and leaves nothing of it", async () => {
    await using world = new World();
    const { directory } = world.database;
    const manager = new InstanceManager({
      providers: [new FakePlatform().provider],
      dataDir: directory,
    });
    await manager.ready();
    const backup = expect(manager.storage.backup(join(directory, "backup"))).rejects.toMatchObject(
      CLOSED,
    );
    await quiet(3);
    await manager.close();
    await backup;
    expect(readdirSync(directory).filter((name) => name.startsWith("backup"))).toEqual([]);
  });
});
