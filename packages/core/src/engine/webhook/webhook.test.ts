import { describe, expect, it, vi } from "vitest";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { WebSink } from "../../testing/harness/web-sink.ts";
import { World } from "../../testing/harness/world.ts";

const ana = { id: "5511988887777", phone: "5511988887777", lid: null, jid: null, name: "Ana" };

/** Retries are seconds away: their timers are moved by hand, sockets go on in real time. */
async function withTimers(
  work: (pass: (ms: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  try {
    await work(async (ms) => {
      await vi.advanceTimersByTimeAsync(ms);
      await quiet(50);
    });
  } finally {
    vi.useRealTimers();
  }
}

describeEachDatabase("a webhook", (createDatabase) => {
  it("S2-22 of shape instance-manager posts exactly the documented body", async () => {
    await using sink = await WebSink.open();
    await using world = new World(createDatabase());
    const manager = await world.open();
    const webhooks = [
      { url: sink.url(), shape: "instance-manager" as const, headers: { "X-Token": "t0p" } },
    ];
    const { instance, session } = await world.connect(manager, { webhooks });
    const id = await session.receive("Olá ✓", {
      chatId: "5511988887777@s.whatsapp.net",
      sender: ana,
    });
    const own = await session.writeFromDevice("by hand", { chatId: "5511988887777" });
    await eventually(() => sink.received.length === 2);
    await quiet();
    const [got, byHand] = sink.received.toSorted((a, b) => b.text.localeCompare(a.text));
    const messages = sink.received.map(({ body }) => body);
    expect(messages).toContainEqual({
      instance_id: instance.id,
      provider: "fake",
      message: {
        id,
        body: "Olá ✓",
        fromMe: false,
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        contact: "Ana (+5511988887777)",
        type: "text",
        chatId: "5511988887777@c.us",
      },
    });
    expect(messages).toContainEqual(
      expect.objectContaining({ message: expect.objectContaining({ id: own, fromMe: true }) }),
    );
    expect(sink.received).toHaveLength(2);
    expect(got?.method).toBe("POST");
    expect(byHand?.headers).toMatchObject({
      "x-token": "t0p",
      "content-type": "application/json",
      "user-agent": "Orquesta",
    });
  });

  it("of shape orquesta posts every durable event as it is in the journal", async () => {
    await using sink = await WebSink.open();
    await using world = new World(createDatabase());
    const manager = await world.open();
    const heard: unknown[] = [];
    for (const name of [
      "instance.created",
      "instance.status_changed",
      "message.received",
    ] as const) {
      manager.on(name, (event) => heard.push(event));
    }
    const { session } = await world.connect(manager, { webhooks: [{ url: sink.url() }] });
    await session.receive("one");
    await eventually(() => sink.received.length === 4);
    const bodies = sink.received.map(({ body }) => body as { id: string; number: number });
    expect(bodies.toSorted((a, b) => a.number - b.number)).toEqual(heard);
    for (const { headers, body } of sink.received) {
      expect(headers).toMatchObject({
        "webhook-id": (body as { id: string }).id,
        "x-orquesta-event": (body as { name: string }).name,
        "x-orquesta-attempt": "1",
      });
    }
  });

  it("that is switched off gets nothing", async () => {
    await using sink = await WebSink.open();
    await using world = new World(createDatabase());
    const manager = await world.open();
    const webhooks = [
      { url: sink.url("/off"), enabled: false },
      { url: sink.url("/on"), shape: "instance-manager" as const },
    ];
    const { session } = await world.connect(manager, { webhooks });
    await session.receive("one");
    await eventually(() => sink.at("/on").length === 1);
    await quiet();
    expect(sink.at("/off")).toEqual([]);
  });

  it("gets what it missed, in order per chat, with the same ids, when it comes back", async () => {
    await withTimers(async (pass) => {
      await using sink = await WebSink.open(() => ({ status: 500 }));
      await using world = new World(createDatabase());
      const manager = await world.open();
      const webhooks = [{ url: sink.url(), shape: "instance-manager" as const }];
      const { instance, session } = await world.connect(manager, { webhooks });
      for (let n = 0; n < 30; n += 1) await session.receive(`${n}`, { chatId: `1000${n % 3}` });
      await eventually(() => sink.received.length >= 3);
      await pass(5000);
      const failed = sink.received.splice(0);
      expect(new Set(failed.map(({ headers }) => headers["webhook-id"])).size).toBeLessThan(31);
      await manager.close();

      sink.answer = () => ({});
      // Nothing has to be waited for any more.
      vi.useRealTimers();
      const second = await world.open();
      await eventually(() => sink.received.length >= 30);
      const texts = (chat: number) =>
        sink.received
          .map(({ body }) => (body as { message: { body: string; chatId: string } }).message)
          .filter(({ chatId }) => chatId === `1000${chat}`)
          .map(({ body }) => Number(body));
      for (let chat = 0; chat < 3; chat += 1) {
        expect(texts(chat)).toEqual(Array.from({ length: 10 }, (_, n) => n * 3 + chat));
      }
      const ids = sink.received.map(({ headers }) => headers["webhook-id"]);
      for (const { headers } of failed) expect(ids).toContain(headers["webhook-id"]);
      expect(sink.received.some(({ headers }) => headers["x-orquesta-attempt"] !== "1")).toBe(true);
      await eventually(async () => (await second.get(instance.id)).status === "connected");
    });
  });
});

describe("a webhook endpoint", () => {
  it.each([
    ["answers 500", { status: 500 }],
    ["answers 404", { status: 404 }],
    ["redirects", { status: 302, headers: { location: "/elsewhere" } }],
  ])("that %s is asked again with the same id", async (_, answer) => {
    await withTimers(async (pass) => {
      await using sink = await WebSink.open(() => answer);
      await using world = new World();
      const manager = await world.open();
      const webhooks = [{ url: sink.url("/hook"), shape: "instance-manager" as const }];
      const { session } = await world.connect(manager, { webhooks });
      await session.receive("one");
      await eventually(() => sink.received.length === 1);
      await pass(100);
      sink.answer = () => ({});
      await pass(1200);
      await eventually(() => sink.received.length === 2);
      expect(sink.received[1]?.headers["webhook-id"]).toBe(sink.received[0]?.headers["webhook-id"]);
      expect(sink.received.map(({ headers }) => headers["x-orquesta-attempt"])).toEqual(["1", "2"]);
      expect(sink.at("/elsewhere")).toEqual([]);
      await pass(60_000);
      expect(sink.received).toHaveLength(2);
    });
  });

  it("that does not answer is given up after a while, and asked again", async () => {
    await withTimers(async (pass) => {
      await using sink = await WebSink.open(() => ({ hang: true }));
      await using world = new World();
      const manager = await world.open();
      const webhooks = [{ url: sink.url("/hook"), shape: "instance-manager" as const }];
      const { session } = await world.connect(manager, { webhooks });
      await session.receive("one");
      await eventually(() => sink.received.length === 1);
      sink.answer = () => ({});
      for (let second = 0; second < 25; second += 1) await pass(1000);
      await eventually(() => sink.received.length === 2);
    });
  });

  it("that refuses connections gets it when it listens", async () => {
    await withTimers(async (pass) => {
      const closed = await WebSink.open();
      const url = closed.url();
      await closed[Symbol.asyncDispose]();
      await using world = new World();
      const manager = await world.open();
      const webhooks = [{ url, shape: "instance-manager" as const }];
      const { session } = await world.connect(manager, { webhooks });
      await session.receive("one");
      await eventually(async () => {
        await pass(300);
        const [row] = await world.database.sql("select attempt, error from task");
        return String(row?.["error"]).includes("ECONNREFUSED");
      });
      expect((await world.database.sql("select state from task"))[0]).toEqual({ state: "pending" });
    });
  });

  it.each([
    ["in seconds", () => "20"],
    ["as a date", () => new Date(Date.now() + 20_000).toUTCString()],
  ])("that says when to come back is not asked before (%s)", async (_, retryAfter) => {
    await withTimers(async (pass) => {
      await using sink = await WebSink.open(() => ({
        status: 429,
        headers: { "retry-after": retryAfter() },
      }));
      await using world = new World();
      const manager = await world.open();
      const webhooks = [{ url: sink.url(), shape: "instance-manager" as const }];
      const { session } = await world.connect(manager, { webhooks });
      // Enough of them to look like an endpoint that is down.
      const chats = Array.from({ length: 8 }, (_unused, n) => `1000${n}`);
      await Promise.all(chats.map((chatId) => session.receive("hi", { chatId })));
      await eventually(() => sink.received.length > 0);
      await pass(100);
      const before = sink.received.length;
      for (let second = 0; second < 18; second += 1) await pass(1000);
      expect(sink.received.length).toBe(before);
      sink.answer = () => ({});
      for (let second = 0; second < 10; second += 1) await pass(1000);
      await eventually(() => sink.received.length === before + 8);
    });
  });

  it("that is dead does not delay another one", async () => {
    await using dead = await WebSink.open(() => ({ hang: true }));
    await using sink = await WebSink.open();
    await using world = new World();
    const manager = await world.open();
    const shape = "instance-manager" as const;
    const webhooks = [
      { url: dead.url(), shape },
      { url: sink.url(), shape },
    ];
    const { session } = await world.connect(manager, { webhooks });
    const chats = Array.from({ length: 200 }, (_, n) => `${10_000 + n}`);
    await Promise.all(chats.map((chatId) => session.receive("hi", { chatId })));
    await eventually(() => sink.received.length === 200);
  });
});

describe("the input of a webhook", () => {
  it.each([
    { url: "ftp://example.com/" },
    { url: "not a url" },
    { url: "http://example.com/", headers: { "bad name": "x" } },
    { url: "http://example.com/", headers: { host: "x" } },
    { url: "http://example.com/", headers: { "x-a": "line\r\nbreak" } },
    { url: "http://example.com/", unknown: 1 },
  ])("%o is refused and nothing is created", async (webhook) => {
    await using world = new World();
    const manager = await world.open();
    await expect(manager.create({ provider: "fake", webhooks: [webhook] })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
    });
    expect(await manager.list()).toEqual([]);
  });
});
