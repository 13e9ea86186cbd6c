import { Webhook as StandardWebhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually } from "../../testing/harness/eventually.ts";
import { type Received, WebSink } from "../../testing/harness/web-sink.ts";
import { World } from "../../testing/harness/world.ts";

const shape = "instance-manager" as const;

function messageOf({ body }: Received): { readonly body: string; readonly chatId: string } {
  return (body as { message: { body: string; chatId: string } }).message;
}

function idsOf(received: readonly Received[]): (string | undefined)[] {
  return received.map(({ headers }) => headers["webhook-id"]);
}

describeEachDatabase("deliveries", (createDatabase) => {
  it("are told with state, tries, answer and times, newest first, in pages", async () => {
    await using sink = await WebSink.open(({ text }) => ({
      status: text.includes("bad") ? 422 : 201,
    }));
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const webhook = await manager.webhooks.add(instance.id, { url: sink.url(), shape });
    const other = await manager.webhooks.add(instance.id, { url: sink.url("/other") });
    for (const text of ["1", "2", "3", "bad"]) await session.receive(text, { chatId: text });
    const page = (filter: object) => manager.webhooks.deliveries(instance.id, filter);
    const mine = { webhookId: webhook.id };
    await eventually(async () => {
      const { deliveries } = await page(mine);
      return deliveries.length === 4 && deliveries.every(({ attempts }) => attempts > 0);
    });
    const { deliveries, cursor } = await page(mine);
    expect(cursor).toBeNull();
    const [bad, third] = deliveries;
    expect(bad).toMatchObject({
      webhookId: webhook.id,
      eventId: expect.any(String),
      event: "message.received",
      state: "pending",
      error: "the endpoint answered 422",
      lastStatus: 422,
      nextAttemptAt: expect.stringMatching(/Z$/),
      finishedAt: null,
    });
    expect(third).toMatchObject({
      state: "done",
      attempts: 1,
      error: null,
      lastStatus: 201,
      durationMs: expect.any(Number),
      nextAttemptAt: null,
      finishedAt: expect.stringMatching(/Z$/),
    });
    expect(idsOf(sink.received)).toContain(third?.eventId);
    expect(deliveries.map(({ eventNumber }) => eventNumber)).toEqual(
      deliveries.map(({ eventNumber }) => eventNumber).toSorted((a, b) => b - a),
    );

    const first = await page({ ...mine, limit: 3 });
    const rest = await page({ ...mine, limit: 3, cursor: first.cursor });
    expect([...first.deliveries, ...rest.deliveries].map(({ id }) => id)).toEqual(
      deliveries.map(({ id }) => id),
    );
    expect(rest.cursor).toBeNull();
    expect((await page({ state: "pending" })).deliveries.map(({ id }) => id)).toContain(bad?.id);
    expect((await page({ ...mine, state: "done" })).deliveries).toHaveLength(3);
    expect((await page({ webhookId: other.id })).deliveries.length).toBeGreaterThanOrEqual(4);
    await expect(page({ cursor: "x" })).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    await expect(page({ state: "lost" })).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
  });

  it("are made again with the same event id: one that was done, and one that waits at once", async () => {
    await using sink = await WebSink.open();
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const webhook = await manager.webhooks.add(instance.id, { url: sink.url(), shape });
    await session.receive("one");
    const listed = async () => (await manager.webhooks.deliveries(instance.id)).deliveries;
    const [done] = await eventually(async () => {
      const all = await listed();
      return all[0]?.state === "done" && all;
    });
    const again = await manager.webhooks.redeliver(instance.id, done?.id ?? "");
    expect(again).toMatchObject({ webhookId: webhook.id, eventId: done?.eventId });
    expect(again.id).not.toBe(done?.id);
    await eventually(() => sink.received.length === 2);
    expect(new Set(idsOf(sink.received)).size).toBe(1);
    await eventually(async () => (await listed()).every(({ state }) => state === "done"));

    sink.answer = () => ({ status: 500 });
    await session.receive("two");
    const [waits] = await eventually(async () => {
      const all = await listed();
      return all[0]?.state === "pending" && all[0].attempts === 1 && all;
    });
    sink.answer = () => ({});
    expect(await manager.webhooks.redeliver(instance.id, waits?.id ?? "")).toMatchObject({
      id: waits?.id,
    });
    await eventually(async () => (await listed())[0]?.state === "done");
    expect(await listed()).toHaveLength(3);
    for (const wrong of ["999999", "x", "-1", "1e3"]) {
      await expect(manager.webhooks.redeliver(instance.id, wrong)).rejects.toMatchObject({
        code: "DELIVERY_NOT_FOUND",
      });
    }
    const stranger = await manager.create({ provider: "fake" });
    await expect(manager.webhooks.redeliver(stranger.id, done?.id ?? "")).rejects.toMatchObject({
      code: "DELIVERY_NOT_FOUND",
    });
  });

  it("are replayed from a number on, in order per chat, with the same ids", async () => {
    await using sink = await WebSink.open();
    await using world = new World(createDatabase());
    const manager = await world.open({ webhooks: { maxPerSecond: 0 } });
    const { instance, session } = await world.connect(manager);
    const count = 450;
    await Promise.all(
      Array.from({ length: count }, (_, n) => session.receive(`${n}`, { chatId: `1000${n % 5}` })),
    );
    const { id } = await manager.webhooks.add(instance.id, { url: sink.url(), shape });
    const replayed = await manager.webhooks.replay(instance.id, id, { from: 1 });
    expect(replayed).toEqual({ deliveries: count });
    await eventually(() => sink.received.length === count);
    for (let chat = 0; chat < 5; chat += 1) {
      const texts = sink.received
        .map(messageOf)
        .filter(({ chatId }) => chatId === `1000${chat}`)
        .map(({ body }) => Number(body));
      expect(texts).toEqual(Array.from({ length: 90 }, (_, n) => n * 5 + chat));
    }
    const ids = idsOf(sink.received);
    sink.received.length = 0;
    const { deliveries } = await manager.webhooks.deliveries(instance.id, { limit: 1 });
    const last = deliveries[0]?.eventNumber ?? 0;
    await manager.webhooks.replay(instance.id, id, { from: last - 9, to: last - 5 });
    await eventually(() => sink.received.length === 5);
    for (const again of idsOf(sink.received)) expect(ids).toContain(again);
    const aborted = { signal: AbortSignal.abort() };
    await expect(
      manager.webhooks.replay(instance.id, id, { from: 1 }, aborted),
    ).rejects.toMatchObject({ code: "ABORTED" });
    expect(await manager.webhooks.replay(instance.id, id, { from: last + 1 })).toEqual({
      deliveries: 0,
    });
  });

  it("of erased events cannot be made again, and replays say what is left", async () => {
    await using sink = await WebSink.open();
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const { id } = await manager.webhooks.add(instance.id, { url: sink.url(), shape });
    await session.receive("one");
    await session.receive("two");
    const [second, first] = await eventually(async () => {
      const { deliveries } = await manager.webhooks.deliveries(instance.id);
      return deliveries.length === 2 && deliveries.every(({ state }) => state === "done")
        ? deliveries
        : null;
    });
    const number = second?.eventNumber ?? 0;
    await world.database.sql("delete from event where number < ?", number);
    const expired = { code: "EVENTS_EXPIRED", message: expect.stringContaining(`${number}`) };
    const replaying = manager.webhooks.replay(instance.id, id, { from: 1 });
    await expect(replaying).rejects.toMatchObject(expired);
    await expect(manager.webhooks.redeliver(instance.id, first?.id ?? "")).rejects.toMatchObject({
      code: "EVENTS_EXPIRED",
    });
    expect(sink.received).toHaveLength(2);
    expect(await manager.webhooks.replay(instance.id, id, { from: number })).toEqual({
      deliveries: 1,
    });
  });
});

describe("a replay", () => {
  it.each([{ from: 0 }, { from: 1.5 }, { from: 5, to: 4 }, { from: "1" }, {}])(
    "of %o is refused",
    async (range) => {
      await using world = new World();
      const manager = await world.open();
      const { id } = await manager.create({ provider: "fake" });
      const webhook = await manager.webhooks.add(id, { url: "http://127.0.0.1:9/" });
      // Callers without types write such ranges.
      const replaying = manager.webhooks.replay(id, webhook.id, range as { from: number });
      await expect(replaying).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    },
  );
});

describe("a test of a webhook", () => {
  it.each(["orquesta", "instance-manager"] as const)(
    "of shape %s posts a marked event now, signed, and leaves no trace",
    async (as) => {
      await using sink = await WebSink.open(() => ({ status: 202 }));
      await using world = new World();
      const manager = await world.open();
      const { instance } = await world.connect(manager);
      const webhook = await manager.webhooks.add(instance.id, {
        url: sink.url(),
        shape: as,
        enabled: false,
        headers: { "x-token": "t0p" },
      });
      expect(await manager.webhooks.test(instance.id, webhook.id)).toEqual({
        ok: true,
        status: 202,
        durationMs: expect.any(Number),
        error: null,
      });
      const [got] = sink.received as [Received];
      expect(got.headers).toMatchObject({ "x-orquesta-event": "webhook.test", "x-token": "t0p" });
      expect(got.text).toMatch(/"test":true|"webhook\.test"/);
      new StandardWebhook(webhook.secret).verify(got.text, got.headers);
      expect((await manager.webhooks.deliveries(instance.id)).deliveries).toEqual([]);
    },
  );

  it("tells what went wrong", async () => {
    await using sink = await WebSink.open(() => ({ status: 500 }));
    await using world = new World();
    const manager = await world.open({
      webhooks: { allowPrivate: false, allowedHosts: ["localhost"] },
    });
    const { instance } = await world.connect(manager);
    const { id: instanceId } = instance;
    const url = `http://localhost:${sink.port}/`;
    const webhook = await manager.webhooks.add(instanceId, { url, timeoutMs: 1000 });
    const test = () => manager.webhooks.test(instanceId, webhook.id);
    expect(await test()).toMatchObject({
      ok: false,
      status: 500,
      error: expect.stringContaining("500"),
    });
    sink.answer = () => ({ hang: true });
    expect(await test()).toMatchObject({
      ok: false,
      status: null,
      error: "no answer within 1000 ms",
    });
    await manager.webhooks.update(instanceId, webhook.id, { url: "http://localhost:1/" });
    expect(await test()).toMatchObject({
      ok: false,
      status: null,
      error: expect.stringContaining("ECONNREFUSED"),
    });
  });
});
