import { Webhook as StandardWebhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { type Received, WebSink } from "../../testing/harness/web-sink.ts";
import { World } from "../../testing/harness/world.ts";

const shape = "instance-manager" as const;

function textsOf(received: readonly Received[]): string[] {
  return received.map(({ body }) => (body as { message: { body: string } }).message.body);
}

function isSignedWith(secret: string, { text, headers }: Received): boolean {
  try {
    new StandardWebhook(secret).verify(text, headers);
    return true;
  } catch {
    return false;
  }
}

describeEachDatabase("webhooks of a running instance", (createDatabase) => {
  it("are added, changed and removed, at once and also for the next process", async () => {
    await using sink = await WebSink.open();
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const { id } = instance;
    expect(await manager.webhooks.list(id)).toEqual([]);
    const headers = { "X-Token": "t0p" };
    const input = { url: sink.url("/a"), headers, events: ["message.received"], maxPerSecond: 50 };
    const { secret, ...added } = await manager.webhooks.add(id, input);
    expect(added).toEqual({
      id: expect.any(String),
      instanceId: id,
      url: sink.url("/a"),
      headers: { "X-Token": "********" },
      enabled: true,
      disabledReason: null,
      shape: "orquesta",
      events: ["message.received"],
      maxPerSecond: 50,
      mediaBase64: false,
      timeoutMs: 15_000,
      signed: true,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect(await manager.webhooks.list(id)).toEqual([added]);
    await session.receive("one");
    await eventually(() => sink.at("/a").length === 1);
    expect(isSignedWith(secret, sink.at("/a")[0] as Received)).toBe(true);

    const changed = await manager.webhooks.update(id, added.id, { url: sink.url("/b"), shape });
    expect(changed).toEqual({ ...added, url: sink.url("/b"), shape, updatedAt: changed.updatedAt });
    await session.receive("two");
    await eventually(() => sink.at("/b").length === 1);
    expect(sink.at("/b")[0]?.headers["x-token"]).toBe("t0p");
    await manager.close();

    const second = await world.open();
    expect(await second.webhooks.list(id)).toEqual([changed]);
    await eventually(async () => (await second.get(id)).status === "connected");
    await second.webhooks.remove(id, added.id);
    expect(await second.webhooks.list(id)).toEqual([]);
    await world.platform.session(id).receive("three");
    await quiet();
    expect(sink.received).toHaveLength(2);
  });

  it("get a new secret; for a while both sign, then the new one alone", async () => {
    await using sink = await WebSink.open();
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const { id, secret: first } = await manager.webhooks.add(instance.id, {
      url: sink.url(),
      shape,
    });
    const rotated = await manager.webhooks.rotateSecret(instance.id, id, { overlapMs: 60_000 });
    expect(rotated.secret).not.toBe(first);
    await session.receive("both");
    await eventually(() => sink.received.length === 1);
    const [both] = sink.received as [Received];
    expect(both.headers["webhook-signature"]).toMatch(/^v1,\S+ v1,\S+$/);
    expect([first, rotated.secret].map((one) => isSignedWith(one, both))).toEqual([true, true]);

    const { secret: third } = await manager.webhooks.rotateSecret(instance.id, id, {
      overlapMs: 0,
    });
    await session.receive("one");
    await eventually(() => sink.received.length === 2);
    const one = sink.received[1] as Received;
    expect(one.headers["webhook-signature"]).toMatch(/^v1,\S+$/);
    expect([first, rotated.secret, third].map((each) => isSignedWith(each, one))).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe("a webhook", () => {
  it("gets only the events that its filter names", async () => {
    await using sink = await WebSink.open();
    await using world = new World();
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    await manager.webhooks.add(instance.id, { url: sink.url("/all") });
    await manager.webhooks.add(instance.id, { url: sink.url("/messages"), events: ["message.*"] });
    await manager.webhooks.add(instance.id, { url: sink.url("/sent"), events: ["message.sent"] });
    await session.receive("hi");
    await session.writeFromDevice("hello");
    await manager.stop(instance.id);
    await eventually(() => sink.at("/all").length === 3);
    await quiet();
    const namesAt = (path: string) => {
      return sink
        .at(path)
        .map(({ headers }) => headers["x-orquesta-event"])
        .sort();
    };
    expect(namesAt("/messages")).toEqual(["message.received", "message.sent"]);
    expect(namesAt("/sent")).toEqual(["message.sent"]);
    expect(namesAt("/all")).toContain("instance.status_changed");
  });

  it.each([
    { events: ["message.vanished"] },
    { events: ["pairing.qr"] },
    { events: [] },
    { events: ["*"] },
    { maxPerSecond: 101 },
    { maxPerSecond: 0 },
    { maxPerSecond: -1 },
    { timeoutMs: 10 },
    { url: "http://user:password@example.com/" },
    { url: "http://169.254.169.254/" },
    { headers: { "x-a": "********" } },
    { unknown: true },
  ])("may not be %o, on adding and on changing", async (wrong) => {
    await using world = new World();
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    const good = { url: "http://127.0.0.1:9/" };
    const known = await manager.webhooks.add(id, good);
    const refusal = { code: expect.stringMatching(/^(VALIDATION_FAILED|WEBHOOK_TARGET_REFUSED)$/) };
    await expect(manager.webhooks.add(id, { ...good, ...wrong })).rejects.toMatchObject(refusal);
    await expect(manager.webhooks.update(id, known.id, wrong)).rejects.toMatchObject(refusal);
    const { secret: _, ...view } = known;
    expect(await manager.webhooks.list(id)).toEqual([view]);
  });

  it("is told which events there are when one is unknown", async () => {
    await using world = new World();
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    const adding = manager.webhooks.add(id, { url: "http://127.0.0.1:9/", events: ["nothing"] });
    await expect(adding).rejects.toThrow(/message\.received.*message\.\*/);
  });

  it("is one of twenty at most, also when they are added at once", async () => {
    await using world = new World();
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    const adding = Array.from({ length: 22 }, () => {
      return manager.webhooks.add(id, { url: "http://127.0.0.1:9/" });
    });
    const refused = (await Promise.allSettled(adding)).filter(
      ({ status }) => status === "rejected",
    );
    expect(refused).toHaveLength(2);
    expect(refused).toContainEqual({
      status: "rejected",
      reason: expect.objectContaining({ code: "WEBHOOK_LIMIT_REACHED" }),
    });
    expect(await manager.webhooks.list(id)).toHaveLength(20);
  });

  it("of another instance is not found", async () => {
    await using world = new World();
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    const other = await manager.create({ provider: "fake" });
    const webhook = await manager.webhooks.add(other.id, { url: "http://127.0.0.1:9/" });
    const notFound = { code: "WEBHOOK_NOT_FOUND" };
    const { webhooks } = manager;
    await expect(webhooks.get(id, webhook.id)).rejects.toMatchObject(notFound);
    await expect(webhooks.update(id, webhook.id, {})).rejects.toMatchObject(notFound);
    await expect(webhooks.remove(id, webhook.id)).rejects.toMatchObject(notFound);
    await expect(webhooks.rotateSecret(id, webhook.id)).rejects.toMatchObject(notFound);
    await expect(webhooks.test(id, webhook.id)).rejects.toMatchObject(notFound);
    await expect(webhooks.replay(id, webhook.id, { from: 1 })).rejects.toMatchObject(notFound);
    await expect(webhooks.redeliverDead(id, webhook.id)).rejects.toMatchObject(notFound);
    await expect(webhooks.list("nobody")).rejects.toMatchObject({ code: "INSTANCE_NOT_FOUND" });
  });

  it("that is switched off puts aside what waits; switched on, that can be taken up", async () => {
    await using sink = await WebSink.open(() => ({ status: 503 }));
    await using world = new World();
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const { id } = await manager.webhooks.add(instance.id, { url: sink.url(), shape });
    for (let n = 0; n < 40; n += 1) await session.receive(`${n}`);
    await eventually(() => sink.received.length > 0);
    await manager.webhooks.update(instance.id, id, { enabled: false });
    const dead = () => manager.webhooks.deliveries(instance.id, { state: "dead" });
    await eventually(async () => (await dead()).deliveries.length === 40);
    expect((await dead()).deliveries[0]).toMatchObject({ error: "the webhook was switched off" });
    await session.receive("while it is off");
    await expect(manager.webhooks.redeliverDead(instance.id, id)).rejects.toMatchObject({
      code: "WEBHOOK_DISABLED",
    });

    sink.answer = () => ({});
    sink.received.length = 0;
    await manager.webhooks.update(instance.id, id, { enabled: true });
    expect(await manager.webhooks.redeliverDead(instance.id, id)).toEqual({ deliveries: 40 });
    await eventually(() => sink.received.length === 40);
    expect(textsOf(sink.received)).toEqual(Array.from({ length: 40 }, (_, n) => `${n}`));
    expect((await dead()).deliveries).toEqual([]);
    expect(await manager.webhooks.redeliverDead(instance.id, id)).toEqual({ deliveries: 0 });
  });

  it("that moves takes with it what waits, without waiting for the old place", async () => {
    await using down = await WebSink.open(() => ({
      status: 503,
      headers: { "retry-after": "3600" },
    }));
    await using up = await WebSink.open();
    await using world = new World();
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const { id } = await manager.webhooks.add(instance.id, { url: down.url(), shape });
    for (let n = 0; n < 12; n += 1) await session.receive(`${n}`, { chatId: `1000${n % 6}` });
    await eventually(() => down.received.length >= 1);
    await manager.webhooks.update(instance.id, id, { url: up.url() });
    await eventually(() => up.received.length === 12);
  });

  it("that is removed puts aside what waits, and its history stays", async () => {
    await using sink = await WebSink.open(() => ({ status: 500 }));
    await using world = new World();
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const { id } = await manager.webhooks.add(instance.id, { url: sink.url(), shape });
    await session.receive("one");
    await session.receive("two");
    await eventually(() => sink.received.length === 1);
    await manager.webhooks.remove(instance.id, id);
    await eventually(async () => {
      const { deliveries } = await manager.webhooks.deliveries(instance.id, { state: "dead" });
      return deliveries.length === 2 && deliveries.every(({ webhookId }) => webhookId === id);
    });
    expect(sink.received).toHaveLength(1);
  });

  it("whose endpoint says 410 is switched off, with the reason", async () => {
    await using sink = await WebSink.open(() => ({ status: 410 }));
    await using world = new World();
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const { id } = await manager.webhooks.add(instance.id, { url: sink.url(), shape });
    await session.receive("one");
    await eventually(async () => !(await manager.webhooks.get(instance.id, id)).enabled);
    expect(await manager.webhooks.get(instance.id, id)).toMatchObject({
      disabledReason: "the endpoint answered 410: it is gone",
    });
    await eventually(async () => {
      const { lines } = await manager.logs(instance.id);
      return lines.some(({ level, message }) => {
        return level === "warn" && message.startsWith("a webhook was switched off");
      });
    });
    await session.receive("two");
    await quiet();
    expect(sink.received).toHaveLength(1);
    const on = await manager.webhooks.update(instance.id, id, { enabled: true });
    expect(on).toMatchObject({ enabled: true, disabledReason: null });
  });
});

describe("S2-21: deliveries to one endpoint", () => {
  it("are a hundred a second, spread evenly, and none is lost", async () => {
    await using sink = await WebSink.open();
    await using other = await WebSink.open();
    await using world = new World();
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    await manager.webhooks.add(instance.id, { url: sink.url(), shape });
    await manager.webhooks.add(instance.id, { url: other.url(), shape, maxPerSecond: 20 });
    const chats = Array.from({ length: 250 }, (_, n) => `${10_000 + n}`);
    const startedAt = Date.now();
    await Promise.all(chats.map((chatId) => session.receive("hi", { chatId })));
    await eventually(() => sink.received.length === 250);
    // The pace allows five at once and then a hundred a second; time does not run faster on a busy machine.
    expect(Date.now() - startedAt).toBeGreaterThan(2300);
    expect(other.received.length).toBeLessThanOrEqual(1 + (Date.now() - startedAt) * 0.021);
  });

  it("may be more when the operator says so", async () => {
    await using sink = await WebSink.open();
    await using world = new World();
    const manager = await world.open({ webhooks: { maxPerSecond: 0 } });
    const { instance, session } = await world.connect(manager);
    await manager.webhooks.add(instance.id, { url: sink.url(), shape, maxPerSecond: 0 });
    const chats = Array.from({ length: 600 }, (_, n) => `${10_000 + n}`);
    await Promise.all(chats.map((chatId) => session.receive("hi", { chatId })));
    // At a hundred a second this would take six seconds.
    await eventually(() => sink.received.length === 600, "600 deliveries", 5500);
  });
});
