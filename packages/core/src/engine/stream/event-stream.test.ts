import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { EPHEMERAL_EVENT_NAMES, type EventStream, type StreamedEvent } from "../../index.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { World } from "../../testing/harness/world.ts";

async function take(stream: EventStream, count: number): Promise<StreamedEvent[]> {
  const taken: StreamedEvent[] = [];
  while (taken.length < count) {
    const { done, value } = await stream.next();
    if (done) throw new Error(`the stream ended after ${taken.length} of ${count} events`);
    taken.push(value);
  }
  return taken;
}

function textsOf(events: readonly StreamedEvent[]): string[] {
  return events.flatMap((event) =>
    event.name === "message.received" && event.data.message.content.type === "text"
      ? [event.data.message.content.text]
      : [],
  );
}

const NAMES = ["message.received"] as const;
const textsFrom = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${from + index}`);

describeEachDatabase("a stream of events", (createDatabase) => {
  it("begins with what happens from now on", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    await session.receive("before");
    await using stream = await manager.events.follow({ instanceId: instance.id });
    await using all = await manager.events.follow();
    await session.receive("after");
    expect(textsOf(await take(stream, 1))).toEqual(["after"]);
    expect(textsOf(await take(all, 1))).toEqual(["after"]);
  });

  it("goes on behind an event, by number and by id, and misses and repeats nothing while more comes", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    for (const text of textsFrom(0, 250)) await session.receive(text);
    const { events } = await manager.events.read(instance.id, { names: NAMES, limit: 1 });
    const first = events[0];
    for (const after of [first?.number, first?.id]) {
      const stream = await manager.events.follow({ instanceId: instance.id, after, names: NAMES });
      const more = textsFrom(250, 300).map((text) => session.receive(`${text}-${after}`));
      const taken = await take(stream, 299);
      await Promise.all(more);
      expect(textsOf(taken).slice(0, 249)).toEqual(textsFrom(1, 250));
      expect(new Set(taken.map(({ id }) => id)).size).toBe(299);
      const numbers = taken.map(({ number }) => number ?? 0);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      await stream.return();
      // What came meanwhile is not part of the next round.
      await world.database.sql("delete from event where number > ?", (first?.number ?? 0) + 249);
    }
  });

  it("of all instances goes on in the middle of traffic without missing anything, each in order", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const connected = await Promise.all([1, 2, 3].map(() => world.connect(manager)));
    let sent = 0;
    let isOver = false;
    const traffic = connected.map(async ({ session }) => {
      while (!isOver) {
        await Promise.all([session.receive(`${sent++}`), session.receive(`${sent++}`)]);
        await nextTurn();
      }
    });
    const seen = new Map<string, StreamedEvent>();
    let repeats = 0;
    let after: string | undefined = (await take(await manager.events.follow(), 1))[0]?.id;
    const begin = after ?? "";
    for (let round = 0; round < 8; round += 1) {
      const stream: EventStream = await manager.events.follow({ after });
      const taken = await take(stream, 40);
      for (const { instance } of connected) {
        const numbers = taken
          .filter((event) => event.instanceId === instance.id)
          .map(({ number }) => number ?? 0);
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      }
      for (const event of taken) {
        if (seen.has(event.id)) repeats += 1;
        seen.set(event.id, event);
        if (after === undefined || event.id > after) after = event.id;
      }
      await stream.return();
    }
    isOver = true;
    await Promise.all(traffic);

    const stored = await world.database.sql(
      "select id, instance_id, number from event order by id",
    );
    // Several nodes may write to Postgres: there the last ten seconds come again.
    if (world.database.kind === "sqlite") {
      expect(repeats).toBe(0);
      const expected = stored.map(({ id }) => String(id)).filter((id) => id > begin);
      expect([...seen.keys()]).toEqual(expected.slice(0, seen.size));
    }
    const missing = stored.filter(
      ({ id }) => String(id) > begin && String(id) <= (after ?? "") && !seen.has(String(id)),
    );
    expect(missing).toEqual([]);
  });

  it("holds a bounded number of events for a consumer that does not read, who then misses nothing", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    await using slow = await manager.events.follow({ names: NAMES });
    await using slowOne = await manager.events.follow({ instanceId: instance.id, names: NAMES });
    await using fast = await manager.events.follow({ names: NAMES });
    const reading = take(fast, 700);
    for (let from = 0; from < 700; from += 100) {
      await Promise.all(textsFrom(from, from + 100).map((text) => session.receive(text)));
    }
    expect(textsOf(await reading)).toEqual(textsFrom(0, 700));
    for (const stream of [slow, slowOne]) {
      expect(stream.waiting).toBeLessThanOrEqual(128);
      expect(textsOf(await take(stream, 700))).toEqual(textsFrom(0, 700));
    }
    await session.receive("last");
    expect(textsOf(await take(slow, 1))).toEqual(["last"]);
    expect(textsOf(await take(slowOne, 1))).toEqual(["last"]);
  });

  it("lets through what is asked for: by name and by company", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const mine = await manager.create({ provider: "fake", companyId: "mine" });
    const other = await manager.create({ provider: "fake", companyId: "other" });
    await using stream = await manager.events.follow({
      companyId: "mine",
      names: ["instance.status_changed"],
    });
    await manager.start(other.id, { until: "connected" });
    await manager.start(mine.id, { until: "connected" });
    await world.platform.session(mine.id).receive("x");
    await manager.stop(mine.id);
    const taken = await take(stream, 3);
    expect(taken.every(({ instanceId }) => instanceId === mine.id)).toBe(true);
    expect(new Set(taken.map(({ name }) => name))).toEqual(new Set(["instance.status_changed"]));
    const { events } = await manager.events.read(null, { companyId: "other" });
    expect(events.every(({ instanceId }) => instanceId === other.id)).toBe(true);
  });

  it("refuses a position that retention has erased, that lies ahead, or that nobody knows", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    for (const text of textsFrom(0, 6)) await session.receive(text);
    const { events } = await manager.events.read(instance.id);
    const [oldest, second, third] = events;
    const erase = async (count: number) => {
      await world.database.sql("delete from event where number <= ?", count);
      await world.database.sql(
        "update instance set erased_event_id = ?",
        events[count - 1]?.id ?? "",
      );
    };
    const unknown = "01a1fe14-face-7036-952d-e7db5fe6820e";
    const future = "ffffffff-face-7036-952d-e7db5fe6820e";
    await erase(2);
    const expired = { code: "EVENTS_EXPIRED" };
    const instanceId = instance.id;
    for (const after of [0, 1, 2, 99, oldest?.id, second?.id, unknown, future]) {
      await expect(manager.events.follow({ instanceId, after })).rejects.toMatchObject(expired);
      await expect(manager.events.read(instanceId, { after })).rejects.toMatchObject(expired);
    }
    for (const after of [oldest?.id, future]) {
      await expect(manager.events.follow({ after })).rejects.toMatchObject(expired);
      await expect(manager.events.read(null, { after })).rejects.toMatchObject(expired);
    }
    for (const after of [third?.number, third?.id]) {
      await using stream = await manager.events.follow({ instanceId, after });
      expect((await take(stream, 1))[0]?.number).toBe(4);
    }
    // Who saw the last one has missed nothing, also when it is erased.
    await erase(events.length);
    await using idle = await manager.events.follow({ instanceId, after: events.length });
    await session.receive("next");
    expect(textsOf(await take(idle, 1))).toEqual(["next"]);
    expect(await manager.events.openStreams()).toBe(1);
  });

  it("knows what the engine's own retention has erased, of one instance and of all", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open({ retention: { eventsPerInstance: 3 } });
    const { instance, session } = await world.connect(manager);
    const instanceId = instance.id;
    await session.receive("first");
    const { events } = await manager.events.read(instanceId, { names: NAMES });
    const after = events[0]?.id;
    for (const text of textsFrom(0, 6)) await session.receive(text);
    await using before = await manager.events.follow({ after, names: NAMES });
    expect(textsOf(await take(before, 1))).toEqual(["0"]);
    await manager.storage.sweep();
    const expired = { code: "EVENTS_EXPIRED" };
    await expect(manager.events.follow({ after })).rejects.toMatchObject(expired);
    await expect(manager.events.follow({ instanceId, after })).rejects.toMatchObject(expired);
    const kept = await manager.events.read(instanceId);
    await using next = await manager.events.follow({ instanceId, after: kept.events[0]?.id });
    expect(textsOf(await take(next, 2))).toEqual(["4", "5"]);
  });

  it("goes on behind an event whose instance was removed", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const gone = await world.connect(manager);
    const kept = await world.connect(manager);
    await using stream = await manager.events.follow({ names: NAMES });
    await gone.session.receive("last words");
    const [last] = await take(stream, 1);
    await kept.session.receive("meanwhile");
    await manager.remove(gone.instance.id);
    await using next = await manager.events.follow({ after: last?.id, names: NAMES });
    expect(textsOf(await take(next, 1))).toEqual(["meanwhile"]);
  });

  it("ends with its instance, with its signal and with the manager, and leaves nothing behind", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const instanceId = instance.id;
    const controller = new AbortController();
    const removed = await manager.events.follow({ instanceId });
    const aborted = await manager.events.follow({ signal: controller.signal });
    const closed = await manager.events.follow();
    const left = await manager.events.follow();
    const ends = [removed, aborted, closed].map(async (stream) => {
      for await (const event of stream) expect(event.instanceId).toBe(instanceId);
    });
    await session.receive("x");
    for await (const _event of left) break;
    controller.abort();
    await ends[1];
    await manager.remove(instanceId);
    await ends[0];
    expect(await manager.events.openStreams()).toBe(1);
    await expect(manager.events.follow({ instanceId })).rejects.toMatchObject({
      code: "INSTANCE_NOT_FOUND",
    });
    await manager.close();
    await ends[2];
    await expect(manager.events.follow()).rejects.toMatchObject({ code: "MANAGER_CLOSED" });
  });

  it("tells ephemeral events only to who names them, without storing them, and drops them when nobody reads", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    await manager.start(id);
    const session = await eventually(
      () => world.platform.hasSession(id) && world.platform.session(id),
    );
    await using plain = await manager.events.follow({ instanceId: id });
    await using named = await manager.events.follow({ instanceId: id, names: ["pairing.qr"] });
    for (let index = 0; index < 40; index += 1) session.showQr(`qr-${index}`);
    const [first, second] = await take(named, 2);
    expect(first).toMatchObject({ name: "pairing.qr", number: null, data: { qr: "qr-0" } });
    expect(second).toMatchObject({ data: { qr: "qr-1" } });
    expect(named.waiting).toBeLessThanOrEqual(16);
    expect((await take(plain, 1))[0]?.name).toBe("instance.status_changed");
    await quiet();
    expect(JSON.stringify(await world.database.sql("select * from event"))).not.toContain("qr-");
  });

  it("tells every ephemeral event to who names it", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake", start: true });
    const session = await eventually(
      () => world.platform.hasSession(id) && world.platform.session(id),
    );
    await using named = await manager.events.follow({
      instanceId: id,
      names: [...EPHEMERAL_EVENT_NAMES],
    });
    session.context.emit({ name: "pairing.passkey", data: {} });
    expect(await take(named, 1)).toMatchObject([{ name: "pairing.passkey", number: null }]);
  });

  it("refuses what is no filter and no position", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const invalid = { code: "VALIDATION_FAILED" };
    // @ts-expect-error There is no such event.
    const names: "message.received"[] = ["message.recieved"];
    await expect(manager.events.follow({ names })).rejects.toMatchObject({
      ...invalid,
      message: expect.stringContaining("message.received"),
    });
    await expect(manager.events.follow({ after: "1" })).rejects.toMatchObject(invalid);
    await expect(manager.events.follow({ after: 7 })).rejects.toMatchObject(invalid);
    await expect(manager.events.read(null, { limit: 0 })).rejects.toMatchObject(invalid);
    expect(await manager.events.openStreams()).toBe(0);
  });

  it("reads pages that follow each other, also when a filter lets little pass", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    await Promise.all(textsFrom(0, 25).map((text) => session.receive(text)));
    const texts: string[] = [];
    let after: number | string | undefined;
    for (;;) {
      const page = await manager.events.read(instance.id, { after, limit: 10, names: NAMES });
      texts.push(...textsOf(page.events));
      after = page.next ?? undefined;
      if (!page.hasMore) break;
    }
    expect(texts).toEqual(textsFrom(0, 25));
    const rest = await manager.events.read(instance.id, { after });
    expect(rest).toEqual({ events: [], next: after, hasMore: false });
    if (world.database.kind === "postgres") return;
    const all = await manager.events.read(null, { names: ["instance.created"], limit: 1 });
    expect(all.events.map(({ name }) => name)).toEqual(["instance.created"]);
  });
});

describe("event ids", () => {
  it("go on in order when the clock is set back and the process starts anew", async () => {
    await using world = new World();
    const first = await world.open();
    const { instance, session } = await world.connect(first);
    await session.receive("before");
    await first.close();
    await world.database.sql(
      "update event set id = 'ff' || substr(id, 3) where instance_id = ?",
      instance.id,
    );
    const second = await world.open();
    const next = await eventually(
      () => world.platform.hasSession(instance.id) && world.platform.session(instance.id),
    );
    await next.receive("after");
    const { events } = await second.events.read(instance.id);
    const ids = events.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted());
    expect(ids.at(-1)?.startsWith("ff")).toBe(true);
  });
});
