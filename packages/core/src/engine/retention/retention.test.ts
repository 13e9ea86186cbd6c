import { expect, it, vi } from "vitest";
import type { ConsumedMessage, InstanceEvent } from "../../index.ts";
import { InstanceManager } from "../../index.ts";
import { FakePlatform } from "../../testing/fake-platform.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually } from "../../testing/harness/eventually.ts";
import { WebSink } from "../../testing/harness/web-sink.ts";
import { World } from "../../testing/harness/world.ts";

const DAY_MS = 86_400_000;
const CHAT = "5511988887777";

/** Makes rows older behind the engine's back. */
async function age(
  world: World,
  table: string,
  column: string,
  days: number,
  where = "1 = 1",
): Promise<void> {
  await world.database.sql(
    `update ${table} set ${column} = ${column} - ? where ${where}`,
    days * DAY_MS,
  );
}

async function numbersOf(world: World): Promise<number[]> {
  const rows = await world.database.sql("select number from event order by number");
  return rows.map(({ number }) => Number(number));
}

async function tasksOf(world: World): Promise<string[]> {
  const rows = await world.database.sql("select number, state from task order by id");
  return rows.map(({ number, state }) => `${Number(number)} ${state}`);
}

async function count(world: World, table: string): Promise<number> {
  const [row] = await world.database.sql(`select count(*) as n from ${table}`);
  return Number(row?.["n"]);
}

describeEachDatabase("retention", (createDatabase) => {
  it("pain 14: erases what is past its time, of every kind, and nothing younger or still owed", async () => {
    await using sink = await WebSink.open();
    await using world = new World(createDatabase());
    const manager = await world.open();
    const webhooks = [{ url: sink.url(), shape: "instance-manager" as const }];
    const { instance, session } = await world.connect(manager, { webhooks });
    for (const text of ["1", "2", "3"]) await session.receive(text, { id: text });
    await eventually(() => sink.received.length === 3);
    for (const text of ["a", "b"]) {
      await manager.send(instance.id, CHAT, { type: "text", text }, { until: "sent" });
    }
    world.platform.beforeSend = () => new Promise(() => {});
    await manager.send(instance.id, CHAT, { type: "text", text: "owed" });
    await manager.logs(instance.id);
    await eventually(async () => (await tasksOf(world)).every((task) => task.endsWith("done")));
    const before = {
      events: await numbersOf(world),
      seen: await count(world, "seen"),
      logLines: await count(world, "instance_log"),
    };
    expect(new Set(Object.values(await manager.storage.sweep()))).toEqual(new Set([0]));
    expect(await numbersOf(world)).toEqual(before.events);

    const kept = before.events.at(-1) ?? 0;
    await age(world, "event", "occurred_at", 31, `number < ${kept}`);
    await age(world, "task", "finished_at", 8, "number <= 6");
    await age(world, "outbox", "updated_at", 31, "content not like '%b%'");
    await age(world, "instance_log", "at", 31);
    await age(world, "seen", "seen_at", 89);
    const swept = await manager.storage.sweep();
    expect(swept).toMatchObject({
      doneTasks: 3,
      deadTasks: 0,
      events: before.events.length - 1,
      outbox: 1,
      seen: 0,
      logLines: before.logLines,
    });
    expect(await numbersOf(world)).toEqual([kept]);
    expect(await count(world, "task")).toBe(0);
    const left = await world.database.sql("select status, content from outbox order by seq");
    expect(left.map(({ content }) => JSON.parse(String(content)).text)).toEqual(["b", "owed"]);
    expect(await count(world, "seen")).toBe(before.seen);

    // What was seen outlives its event.
    await session.receive("1 again", { id: "1" });
    expect(await numbersOf(world)).toEqual([kept]);
    await age(world, "seen", "seen_at", 2);
    expect(await manager.storage.sweep()).toMatchObject({ seen: before.seen });
  });

  it("keeps what a pending task needs and all behind it; a task past its time ends as dead", async () => {
    await using sink = await WebSink.open(() => ({ status: 503 }));
    await using world = new World(createDatabase());
    const manager = await world.open();
    const webhooks = [{ url: sink.url(), shape: "instance-manager" as const }];
    const { session } = await world.connect(manager, { webhooks });
    for (const text of ["1", "2", "3"]) await session.receive(text);
    await eventually(async () => (await tasksOf(world)).length === 3);
    const numbers = await numbersOf(world);
    const needed = numbers.slice(-3);
    await age(world, "event", "occurred_at", 31);
    await manager.storage.sweep();
    expect(await numbersOf(world)).toEqual(needed);
    expect(await tasksOf(world)).toEqual(needed.map((number) => `${number} pending`));

    await age(world, "task", "created_at", 31, `number <= ${needed[1]}`);
    await manager.storage.sweep();
    expect(await numbersOf(world)).toEqual(needed.slice(2));
    expect(await tasksOf(world)).toEqual([
      `${needed[0]} dead`,
      `${needed[1]} dead`,
      `${needed[2]} pending`,
    ]);
    const [dead] = await world.database.sql("select error from task where state = 'dead'");
    expect(dead?.["error"]).toContain("retention erased the event");
  });

  it("ends a task whose event is gone and goes on with its chat", async () => {
    await using sink = await WebSink.open(() => ({ status: 503 }));
    await using world = new World(createDatabase());
    const manager = await world.open();
    const webhooks = [{ url: sink.url(), shape: "instance-manager" as const }];
    const { session } = await world.connect(manager, { webhooks });
    for (const text of ["1", "2"]) await session.receive(text);
    await eventually(async () => (await tasksOf(world)).length === 2);
    await manager.close();
    const [first, second] = (await numbersOf(world)).slice(-2);
    await world.database.sql("delete from event where number = ?", first ?? 0);
    sink.answer = () => ({});
    await world.open();
    await eventually(async () => (await tasksOf(world)).every((task) => !task.includes("pending")));
    expect(await tasksOf(world)).toEqual([`${first} dead`, `${second} done`]);
  });

  it("tells a reader that was too slow what it missed, once, and lets it go on", async () => {
    await using world = new World(createDatabase());
    const handled: string[] = [];
    const handle = ({ message: { content } }: ConsumedMessage) => {
      if (content.type === "text") handled.push(content.text);
    };
    const manager = world.create();
    manager.consume("slow", handle);
    const { instance, session } = await world.connect(manager);
    await session.receive("read");
    await eventually(() => handled.length === 1);
    await manager.close();
    const read = (await numbersOf(world)).at(-1) ?? 0;

    const without = await world.open();
    await eventually(async () => (await without.get(instance.id)).status === "connected");
    for (const text of ["missed 1", "missed 2"]) {
      await world.platform.session(instance.id).receive(text);
    }
    const missed = (await numbersOf(world)).at(-1) ?? 0;
    await age(world, "event", "occurred_at", 31);
    await without.storage.sweep();
    expect(await numbersOf(world)).toEqual([]);
    await world.platform.session(instance.id).receive("next");
    await without.close();

    const overruns: InstanceEvent<"consumer.overrun">["data"][] = [];
    const open = () => {
      const later = world.create();
      later.on("consumer.overrun", ({ data }) => overruns.push(data));
      later.consume("slow", handle);
      return later;
    };
    const later = open();
    await eventually(() => handled.includes("next"));
    expect(handled).toEqual(["read", "next"]);
    const overrun = { consumer: "consumer/slow", first: read + 1, last: missed };
    expect(overruns.filter(({ consumer }) => consumer === "consumer/slow")).toEqual([overrun]);
    const { lines } = await later.logs(instance.id);
    const told = `consumer/slow missed events ${read + 1} to ${missed}`;
    expect(lines.filter(({ message }) => message.includes(told))).toHaveLength(1);
    await later.close();

    overruns.length = 0;
    const again = open();
    await eventually(async () => (await again.get(instance.id)).status === "connected");
    await world.platform.session(instance.id).receive("last");
    await eventually(() => handled.includes("last"));
    expect(overruns).toEqual([]);
  });

  it("is no overrun for a consumer that begins with what is there", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { session } = await world.connect(manager);
    await session.receive("old");
    await age(world, "event", "occurred_at", 31);
    await manager.storage.sweep();
    await session.receive("kept");
    await manager.close();
    const handled: string[] = [];
    const overruns: string[] = [];
    const later = world.create();
    later.on("consumer.overrun", ({ data }) => overruns.push(data.consumer));
    const handler = ({ message: { content } }: ConsumedMessage) => {
      if (content.type === "text") handled.push(content.text);
    };
    later.consume("fresh", handler, { from: "beginning" });
    await eventually(() => handled.length > 0);
    expect(handled).toEqual(["kept"]);
    expect(overruns).toEqual([]);
  });

  it("keeps so many events of an instance, when it is told a number", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open({ retention: { eventsPerInstance: 10 } });
    const { session } = await world.connect(manager);
    await Promise.all(Array.from({ length: 600 }, (_, n) => session.receive(String(n))));
    const head = (await numbersOf(world)).at(-1) ?? 0;
    const { events } = await manager.storage.sweep();
    expect(events).toBe(head - 10);
    expect(await numbersOf(world)).toEqual(Array.from({ length: 10 }, (_, n) => head - 9 + n));
  });

  it("pain 14: gives the space back that a flood took", async () => {
    await using world = new World(createDatabase());
    if (world.database.kind === "postgres") return;
    const manager = await world.open();
    const { session } = await world.connect(manager);
    const text = "x".repeat(40_000);
    for (let n = 0; n < 500; n += 1) await session.receive(text);
    const pages = async () => {
      const [row] = await world.database.sql("select page_count as n from pragma_page_count");
      return Number(row?.["n"]);
    };
    const flooded = await pages();
    await age(world, "event", "occurred_at", 31);
    const { filePages = 0 } = await manager.storage.sweep();
    expect(filePages).toBeGreaterThan(flooded / 2);
    expect(await pages()).toBeLessThan(flooded / 2);
  });

  it("works by itself, on one of the nodes, and ends with the manager", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      await using world = new World(createDatabase());
      const manager = await world.open();
      const { session } = await world.connect(manager);
      await session.receive("old");
      await age(world, "event", "occurred_at", 31);
      const other = world.database.kind === "postgres" ? [await world.open({ nodeId: "b" })] : [];
      await vi.advanceTimersByTimeAsync(60_000);
      await eventually(async () => (await numbersOf(world)).length === 0);
      const duties = await world.database.sql("select node from duty");
      expect(duties).toHaveLength(other.length);
      await manager.close();
      await session.receive("too late").catch(() => {});
      for (const node of other) await node.close();
      expect(await world.database.sql("select node from duty")).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

it.each([
  [{ eventDays: 0 }, "retention.eventDays has to be a positive number of days, or Infinity"],
  [{ logDays: Number.NaN }, "retention.logDays has to be a positive number of days, or Infinity"],
  [{ outboxDays: 0.5 }, "retention.outboxDays has to be at least 1"],
  [{ eventDays: 100, seenDays: 90 }, "retention.seenDays must not be shorter than eventDays"],
  [{ eventsPerInstance: 0 }, "retention.eventsPerInstance has to be at least 1, or Infinity"],
])("refuses the retention %j", (retention, message) => {
  expect(
    () => new InstanceManager({ providers: [new FakePlatform().provider], retention }),
  ).toThrow(
    expect.objectContaining({
      code: "CONFIGURATION_INVALID",
      message: expect.stringContaining(message),
    }),
  );
});
