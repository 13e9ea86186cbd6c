import { describe, expect, it } from "vitest";
import { type DurableEvent, InstanceManager, type JournalEvent } from "../../index.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually } from "../../testing/harness/eventually.ts";
import type { TestDatabase } from "../../testing/harness/test-database.ts";
import { World } from "../../testing/harness/world.ts";

async function journalOf(database: TestDatabase, instanceId: string) {
  const rows = await database.sql(
    "select number, name, data from event where instance_id = ? order by number",
    instanceId,
  );
  return rows.map(({ number, name, data }) => ({
    number: Number(number),
    name: String(name),
    text: JSON.parse(String(data)).message?.content.text as string | undefined,
  }));
}

function event(text: string, dedupeKey?: string): DurableEvent {
  const sender = { id: "1", phone: null, lid: null, jid: null, name: null };
  return {
    name: "message.received",
    chatId: "chat",
    ...(dedupeKey !== undefined && { dedupeKey }),
    data: {
      message: {
        id: text,
        chatId: "chat",
        chatType: "direct",
        sender,
        sentAt: "2026-01-01T00:00:00.000Z",
        content: { type: "text", text },
        quote: null,
      },
    },
  };
}

describeEachDatabase("the journal", (createDatabase) => {
  it("numbers the events of each instance from 1, without gaps, in the order of the commits", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const a = await world.connect(manager);
    const b = await world.connect(manager);
    const sizes = Array.from({ length: 60 }, () => Math.floor(Math.random() * 5));
    const commits = sizes.flatMap((size, index) => [
      a.session.commit({ events: Array.from({ length: size }, (_, n) => event(`${index}/${n}`)) }),
      b.session.receive(`b${index}`),
    ]);
    await Promise.all(commits);

    const rows = await journalOf(world.database, a.instance.id);
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
    const texts = rows.flatMap(({ text }) => text ?? []);
    expect(texts).toEqual(
      sizes.flatMap((size, index) => Array.from({ length: size }, (_, n) => `${index}/${n}`)),
    );
    expect((await journalOf(world.database, b.instance.id)).at(-1)?.number).toBe(3 + sizes.length);
  });

  it("tells listeners every event once, in order", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { session } = await world.connect(manager);
    const heard: JournalEvent<"message.received">[] = [];
    manager.on("message.received", (received) => heard.push(received));
    await Promise.all(Array.from({ length: 300 }, (_, n) => session.receive(String(n))));
    expect(heard.map(({ data }) => data.message.content)).toEqual(
      Array.from({ length: 300 }, (_, n) => ({ type: "text", text: String(n) })),
    );
    const first = heard[0]?.number ?? 0;
    expect(heard.map(({ number }) => number)).toEqual(heard.map((_, n) => first + n));
  });

  it("drops what it has seen, also when only part of a commit is a repeat, also after a restart", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const heard: string[] = [];
    manager.on("message.received", ({ data }) => heard.push(data.message.id));
    await session.commit({ events: [event("one", "k1"), event("again", "k1")] });
    await session.commit({ events: [event("two", "k2"), event("no", "k1"), event("three")] });
    await session.commit({ events: [event("no", "k2")] });
    expect(heard).toEqual(["one", "two", "three"]);
    await manager.close();

    const second = await world.open();
    await eventually(() => world.platform.hasSession(instance.id));
    const reopened = world.platform.session(instance.id);
    await reopened.commit({ events: [event("no", "k1"), event("four", "k4"), event("no", "k2")] });
    const rows = await journalOf(world.database, instance.id);
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
    expect(rows.flatMap(({ text }) => text ?? [])).toEqual(["one", "two", "three", "four"]);
    await second.close();
  });

  it("knows repeats per instance, not across instances", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const a = await world.connect(manager);
    const b = await world.connect(manager);
    await a.session.commit({ events: [event("a", "same")] });
    await b.session.commit({ events: [event("b", "same")] });
    const rows = await journalOf(world.database, b.instance.id);
    expect(rows.at(-1)?.text).toBe("b");
  });

  it("takes a commit that is larger than one statement may be", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const events = Array.from({ length: 12_000 }, (_, n) => event(String(n), `k${n}`));
    const keys = events.map((_, n) => ({ type: "t", id: `${n}`, value: Buffer.from([1]) }));
    await session.commit({ events, keys });
    const [row] = await world.database.sql(
      "select count(*) as events, max(number) as head from event where instance_id = ?",
      instance.id,
    );
    expect(Number(row?.["events"])).toBe(Number(row?.["head"]));
    expect(Number(row?.["events"])).toBeGreaterThan(12_000);
  });

  it("stores events and keys together, or neither", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const keys = [{ type: "creds", id: "1", value: Buffer.from("key") }];
    await session.commit({ events: [event("kept")], keys });
    const before = await journalOf(world.database, instance.id);

    // An event that cannot be stored: the database itself refuses it.
    const broken = { ...event("broken"), name: null } as unknown as DurableEvent;
    const newKeys = [{ type: "creds", id: "1", value: Buffer.from("newer") }];
    const others = [session.receive("neighbour 1"), session.receive("neighbour 2")];
    await expect(session.commit({ events: [broken], keys: newKeys })).rejects.toMatchObject({
      code: "DATABASE_FAILED",
    });
    // The failure took nobody with it that shared its transaction.
    await Promise.all(others);
    const after = await journalOf(world.database, instance.id);
    expect(after.slice(before.length).map(({ text }) => text)).toEqual([
      "neighbour 1",
      "neighbour 2",
    ]);
    expect(after.map(({ number }) => number)).toEqual(after.map((_, index) => index + 1));
    const stored = await session.keys.get("creds", ["1", "2"]);
    expect([...stored].map(([id, value]) => [id, Buffer.from(value).toString()])).toEqual([
      ["1", "key"],
    ]);
  });

  it("erases and replaces session keys in the order of the changes", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { session } = await world.connect(manager);
    const of = (id: string, value: string | null) => ({
      type: "t",
      id,
      value: value === null ? null : Buffer.from(value),
    });
    await session.commit({ keys: [of("a", "1"), of("b", "1"), of("c", "1")] });
    await session.commit({ keys: [of("a", "2"), of("a", null), of("b", null), of("b", "3")] });
    const stored = await session.keys.get("t", ["a", "b", "c"]);
    expect(
      Object.fromEntries([...stored].map(([id, v]) => [id, Buffer.from(v).toString()])),
    ).toEqual({ b: "3", c: "1" });
    expect(await session.keys.get("other", ["a"])).toEqual(new Map());
  });

  it("writes nothing for an owner whose fence was taken, and ends its session", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const before = await journalOf(world.database, instance.id);
    await world.database.sql("update instance set fence = fence + 1 where id = ?", instance.id);
    const keys = [{ type: "creds", id: "1", value: Buffer.from("key") }];
    await expect(session.commit({ events: [event("late", "k")], keys })).rejects.toMatchObject({
      code: "FENCE_LOST",
    });
    await eventually(() => session.closed, "the session ends");
    expect(await journalOf(world.database, instance.id)).toEqual(before);
    for (const table of ["seen", "session_key"]) {
      expect(await world.database.sql(`select * from ${table}`)).toEqual([]);
    }
    // What this node no longer runs it does not pretend to run.
    await expect(manager.start(instance.id)).rejects.toMatchObject({ code: "FENCE_LOST" });
  });
});

describe("the SQLite file", () => {
  it("belongs to one manager at a time", async () => {
    await using world = new World();
    const first = await world.open();
    const second = new InstanceManager({
      providers: [world.platform.provider],
      dataDir: world.database.directory,
    });
    await expect(second.ready()).rejects.toMatchObject({ code: "DATABASE_LOCKED" });
    await second.close();
    await first.close();
    const third = new InstanceManager({
      providers: [world.platform.provider],
      dataDir: world.database.directory,
    });
    await third.ready();
    await third.close();
  });

  it("is left alone by a manager that is not configured well", async () => {
    await using world = new World();
    const create = () =>
      new InstanceManager({
        providers: [world.platform.provider],
        database: world.database.dialect(),
        secret: Buffer.from("too short"),
      });
    expect(create).toThrow(expect.objectContaining({ code: "CONFIGURATION_INVALID" }));
    await world.open();
  });
});
