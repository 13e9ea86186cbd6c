import { describe, expect, it } from "vitest";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { type Received, WebSink } from "../../testing/harness/web-sink.ts";
import { World } from "../../testing/harness/world.ts";

const shape = "instance-manager" as const;

function messageOf({ body }: Received): { readonly body: string; readonly chatId: string } {
  return (body as { message: { body: string; chatId: string } }).message;
}

function textsOf(chat: string, received: readonly Received[]): number[] {
  return received
    .map(messageOf)
    .filter(({ chatId }) => chatId === chat)
    .map(({ body }) => Number(body));
}

describeEachDatabase("pain 8", (createDatabase) => {
  it("an endpoint that was down gets every message, in order per chat, and another is not delayed", async () => {
    await using down = await WebSink.open(() => ({ status: 503 }));
    await using up = await WebSink.open();
    await using world = new World(createDatabase());
    const manager = await world.open({ webhooks: { maxPerSecond: 0 } });
    const { instance, session } = await world.connect(manager);
    const webhook = await manager.webhooks.add(instance.id, { url: down.url(), shape });
    await manager.webhooks.add(instance.id, { url: up.url(), shape });
    const chats = Array.from({ length: 8 }, (_, n) => `1000${n}`);
    const count = 600;
    for (let n = 0; n < count; n += 20) {
      const some = Array.from({ length: 20 }, (_, k) => n + k);
      await Promise.all(
        some.map((k) => session.receive(`${k}`, { chatId: chats[k % chats.length] ?? "" })),
      );
    }
    await eventually(() => up.received.length === count);
    const tried = down.received.length;
    // It is asked now and then, not with everything that waits.
    expect(tried).toBeLessThan(60);
    down.answer = () => ({});
    down.received.length = 0;
    // Instead of the pause of some seconds until it is asked again.
    await manager.webhooks.update(instance.id, webhook.id, { timeoutMs: 10_000 });
    await eventually(() => down.received.length === count);
    for (const [index, chat] of chats.entries()) {
      const expected = Array.from({ length: count / chats.length }, (_, n) => n * 8 + index);
      expect(textsOf(chat, down.received)).toEqual(expected);
    }
    const { deliveries } = await manager.webhooks.deliveries(instance.id, { state: "dead" });
    expect(deliveries).toEqual([]);
  });
});

describe("pain 9", () => {
  it("a message that the platform pushes twice is told once, and a repeat has the same id", async () => {
    await using sink = await WebSink.open();
    await using world = new World();
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    await manager.webhooks.add(instance.id, { url: sink.url(), shape });
    for (let push = 0; push < 3; push += 1) await session.receive("one", { id: "SAME" });
    await session.receive("two");
    await eventually(() => sink.received.length === 2);
    await quiet();
    expect(sink.received.map((one) => messageOf(one).body)).toEqual(["one", "two"]);
    // The answer gets lost: the endpoint has it, Orquesta does not know.
    sink.answer = ({ headers }) => ({ status: headers["x-orquesta-attempt"] === "1" ? 500 : 200 });
    await session.receive("three");
    await eventually(() => sink.received.length === 4);
    const [first, again] = sink.received.slice(2).map(({ headers }) => headers);
    expect(again?.["webhook-id"]).toBe(first?.["webhook-id"]);
    expect([first, again].map((one) => one?.["x-orquesta-attempt"])).toEqual(["1", "2"]);
  });
});

describe("pain 17", () => {
  it("no body holds a key, a token, a header or a secret", async () => {
    await using sink = await WebSink.open();
    await using world = new World();
    const manager = await world.open();
    const { id } = await manager.create({
      provider: "fake",
      settings: { token: "SETTINGS-SECRET" },
      webhooks: [{ url: sink.url("/all"), headers: { authorization: "Bearer HEADER-SECRET" } }],
    });
    const url = sink.url("/messages");
    const own = await manager.webhooks.add(id, { url, shape, headers: { "x-key": "KEY-SECRET" } });
    await manager.start(id, { until: "connected", timeoutMs: 60_000 });
    const session = world.platform.session(id);
    session.context.emit({
      name: "pairing.qr",
      data: { qr: "QR-SECRET", expiresAt: new Date().toISOString() },
    });
    await session.receive("hi");
    const { secret } = await manager.webhooks.rotateSecret(id, own.id);
    await manager.webhooks.test(id, own.id);
    await session.receive("ho");
    const { key } = await manager.keys.current(id);
    const { key: rotated } = await manager.keys.rotate(id);
    await eventually(() => sink.at("/messages").length === 3 && sink.at("/all").length >= 4);
    const bodies = sink.received.map(({ text }) => text).join("\n");
    const secrets = ["SETTINGS-SECRET", "HEADER-SECRET", "KEY-SECRET", "QR-SECRET", "whsec_"];
    for (const one of [...secrets, own.secret.slice(6), secret.slice(6), key, rotated]) {
      expect(bodies).not.toContain(one);
    }
    const { lines } = await manager.logs(id);
    const shown = JSON.stringify([lines, await manager.webhooks.list(id)]);
    for (const one of [...secrets, own.secret.slice(6), secret.slice(6)]) {
      expect(shown).not.toContain(one);
    }
  });
});

describe("S2-20", () => {
  it.each(["orquesta", "instance-manager"] as const)(
    "a body of shape %s is 1 MB at most, marked when it is cut, and the next one follows",
    async (as) => {
      await using sink = await WebSink.open();
      await using world = new World();
      const manager = await world.open();
      const { instance, session } = await world.connect(manager);
      const events = ["message.received"];
      await manager.webhooks.add(instance.id, { url: sink.url(), shape: as, events });
      const texts = [
        "a".repeat(3_000_000),
        "\u0000".repeat(400_000),
        "👍".repeat(600_000),
        "short",
      ];
      for (const text of texts) await session.receive(text);
      await eventually(() => sink.received.length === texts.length);
      expect(sink.received.map(({ text }) => text.includes('"truncated":true'))).toEqual([
        true,
        true,
        true,
        false,
      ]);
      for (const { text } of sink.received.slice(0, 3)) {
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_048_576);
        // Cut no more than it has to be.
        expect(Buffer.byteLength(text)).toBeGreaterThan(900_000);
        expect(text).not.toContain("\ufffd");
      }
    },
  );
});
