import { afterEach, expect, it, vi } from "vitest";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { type FakeManager, World } from "../../testing/harness/world.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { JournalEvent } from "../event/instance-event.ts";
import { shownText } from "../message/shown-text.ts";

const ANA = "5511900000001";
const BIA = "5511900000002";
const CAIO = "5511900000003";
const DAY_MS = 86_400_000;

function text(content: string) {
  return { type: "text", text: content } as const;
}

function arrived({ platform }: World): string[] {
  return platform.delivered.map(({ message: { chatId, content } }) => {
    return `${chatId.at(-1)} ${shownText(content)}`;
  });
}

async function stateOf(manager: FakeManager, id: string, outboxId: string) {
  const { status, waitsFor, error } = await manager.message(id, outboxId);
  return [status, waitsFor, error?.code ?? null];
}

function restrictions(manager: FakeManager): string[] {
  const events: string[] = [];
  const note = ({ name }: JournalEvent) => events.push(name.slice("account.".length));
  manager.on("account.restricted", note);
  manager.on("account.unrestricted", note);
  return events;
}

/** The platform takes nothing that begins a chat with one of these. */
function forbid(world: World, chats: readonly string[]): string[] {
  const tried: string[] = [];
  world.platform.beforeSend = ({ message: { chatId } }) => {
    if (!chats.includes(chatId)) return;
    tried.push(chatId);
    throw new OrquestaError("SEND_RESTRICTED", "new chats: 463");
  };
  return tried;
}

function setClock(ms: number): void {
  const now = Date.now();
  vi.spyOn(Date, "now").mockImplementation(() => now + ms);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describeEachDatabase("the budget of new chats", (createDatabase) => {
  it("keeps what would begin a chat waiting, and nothing else", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open({ pacing: { newChatsPerHour: 1 } });
    const { instance, session } = await world.connect(manager);
    const send = (chat: string, content: string) => manager.send(instance.id, chat, text(content));
    await session.receive("hello", { chatId: CAIO });
    await manager.send(instance.id, ANA, text("1"), { until: "sent" });
    const waiting = await send(BIA, "2");
    await send(BIA, "3");
    await send(ANA, "4");
    await send(CAIO, "5");
    await eventually(() => arrived(world).length === 3);
    expect(arrived(world).sort()).toEqual(["1 1", "1 4", "3 5"]);
    await eventually(async () => (await manager.message(instance.id, waiting.id)).waitsFor);
    expect(await stateOf(manager, instance.id, waiting.id)).toEqual([
      "queued",
      "new_chat_budget",
      null,
    ]);
    // Whoever writes has begun the chat; what waited goes before the answer.
    await session.receive("hi", { chatId: BIA });
    await send(BIA, "6");
    await eventually(() => arrived(world).length === 6);
    expect(arrived(world).slice(3)).toEqual(["2 2", "2 3", "2 6"]);
    expect(await stateOf(manager, instance.id, waiting.id)).toEqual(["sent", null, null]);
  });

  it("counts across restarts; what waits goes on in order when it may, or when the budget grows", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    await manager.pacing.set(instance.id, { newChatsPerDay: 1 });
    expect(await manager.pacing.get(instance.id)).toMatchObject({ newChatsPerDay: 1, gapMs: 0 });
    await manager.send(instance.id, ANA, text("1"), { until: "sent" });
    await manager.close();
    const second = await world.open();
    await eventually(() => world.platform.hasSession(instance.id));
    for (const chat of [BIA, CAIO]) {
      for (const content of ["a", "b"]) await second.send(instance.id, chat, text(content));
    }
    await eventually(async () => {
      const rows = await world.database.sql("select id from outbox where waits_for is not null");
      return rows.length === 4;
    });
    await second.close();
    setClock(DAY_MS);
    const third = await world.open();
    await eventually(() => arrived(world).length === 3);
    await quiet();
    expect(arrived(world)).toEqual(["1 1", "2 a", "2 b"]);
    await third.pacing.set(instance.id, null);
    await eventually(() => arrived(world).length === 5);
    expect(arrived(world).slice(3)).toEqual(["3 a", "3 b"]);
    expect(await third.pacing.get(instance.id)).toMatchObject({ newChatsPerDay: null });
  });

  it("lets known chats go on whatever waits, in bounded memory", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open({ pacing: { newChatsPerDay: 0 } });
    const { instance, session } = await world.connect(manager);
    await session.receive("hello", { chatId: ANA });
    const strangers = Array.from({ length: 300 }, (_, n) => String(5_521_900_000_000 + n));
    await Promise.all(strangers.map((chat) => manager.send(instance.id, chat, text("offer"))));
    await manager.send(instance.id, ANA, text("answer"), { until: "sent" });
    expect(arrived(world)).toEqual(["1 answer"]);
    await expect(manager.pacing.set(instance.id, { newChatsPerDay: -1 })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
    });
    await manager.pacing.set(instance.id, { newChatsPerDay: null });
    await eventually(() => arrived(world).length === 301);
    expect(world.platform.delivered.slice(1).map(({ message }) => message.chatId)).toEqual(
      expect.arrayContaining(strangers),
    );
  });
});

describeEachDatabase("an account that may begin no chats", (createDatabase) => {
  it("tries none, answers go on, and one is let through when the time is over", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const events = restrictions(manager);
    const tried = forbid(world, [ANA, BIA]);
    await session.receive("hello", { chatId: CAIO });
    const until = "sent";
    const first = await manager.send(instance.id, ANA, text("1"), { until });
    expect(first).toMatchObject({ status: "failed", error: { code: "SEND_RESTRICTED" } });
    const second = await manager.send(instance.id, BIA, text("2"), { until });
    expect(second).toMatchObject({ status: "failed", error: { code: "SEND_RESTRICTED" } });
    expect(await manager.send(instance.id, CAIO, text("3"), { until })).toMatchObject({
      status: "sent",
    });
    expect(tried).toEqual([ANA]);
    expect(events).toEqual(["restricted"]);
    const { restrictions: shown } = await manager.get(instance.id);
    expect(shown).toMatchObject([{ restriction: "new_chats" }]);
    expect(Date.parse(shown[0]?.until ?? "") - Date.now()).toBeGreaterThan(DAY_MS - 60_000);
    await manager.close();

    const later = await world.open();
    const eventsLater = restrictions(later);
    await eventually(async () => (await later.get(instance.id)).status === "connected");
    expect((await later.get(instance.id)).restrictions).toEqual(shown);
    await later.send(instance.id, BIA, text("4"), { until });
    expect(tried).toEqual([ANA]);
    setClock(DAY_MS + 60_000);
    await later.send(instance.id, BIA, text("5"), { until });
    expect(tried).toEqual([ANA, BIA]);
    expect(eventsLater).toEqual(["restricted"]);
    vi.restoreAllMocks();
    setClock(3 * DAY_MS + 120_000);
    world.platform.beforeSend = () => {};
    expect(await later.send(instance.id, BIA, text("6"), { until })).toMatchObject({
      status: "sent",
    });
    await eventually(() => eventsLater.length === 2);
    expect(eventsLater).toEqual(["restricted", "unrestricted"]);
    expect((await later.get(instance.id)).restrictions).toEqual([]);
    expect(await world.database.sql("select restriction from instance")).toEqual([
      { restriction: null },
    ]);
  });

  it("holds the others back while one is let through", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const until = new Date(Date.now() - 1000).toISOString();
    const data = { restriction: "new_chats", until } as const;
    await session.commit({ events: [{ name: "account.restricted", data }] });
    expect((await manager.get(instance.id)).restrictions).toMatchObject([{ until }]);
    const gate = Promise.withResolvers<void>();
    const trying: string[] = [];
    world.platform.beforeSend = ({ message }) => {
      trying.push(message.chatId);
      return gate.promise;
    };
    await manager.send(instance.id, ANA, text("1"));
    await eventually(() => trying.length === 1);
    const other = await manager.send(instance.id, BIA, text("2"));
    await eventually(async () => (await manager.message(instance.id, other.id)).waitsFor);
    expect(await stateOf(manager, instance.id, other.id)).toEqual(["queued", "restriction", null]);
    gate.resolve();
    await eventually(() => arrived(world).length === 2);
    expect(arrived(world)).toEqual(["1 1", "2 2"]);
  });
});

describeEachDatabase("pacing", (createDatabase) => {
  it("leaves gaps, of each instance as it is set, and takes another one over at once", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake", pacing: { gapMs: 120 } });
    await manager.start(id, { until: "connected", timeoutMs: 60_000 });
    const startedAt = Date.now();
    const texts = ["1", "2", "3", "4"];
    await Promise.all(
      texts.map((one) => manager.send(id, `551190000000${one}`, text(one), { until: "sent" })),
    );
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(3 * 120);
    await manager.pacing.set(id, { gapMs: 3_600_000 });
    await manager.send(id, ANA, text("5"), { until: "sent" });
    const late = await manager.send(id, ANA, text("6"));
    await quiet();
    expect((await manager.message(id, late.id)).status).toBe("queued");
  });
});

describeEachDatabase("pacing", (createDatabase) => {
  it("shows that somebody types, and takes it back when the message goes", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open({ pacing: { typingMsPerCharacter: 30, maxTypingMs: 60 } });
    const { instance } = await world.connect(manager);
    const { presence } = world.platform.account(instance.id);
    const atSend: (string | undefined)[] = [];
    world.platform.beforeSend = ({ message }) => void atSend.push(presence.get(message.chatId));
    const sending = manager.send(instance.id, ANA, text("hello"), { until: "sent" });
    await eventually(() => presence.get(ANA) === "typing");
    expect(arrived(world)).toEqual([]);
    await sending;
    expect(atSend).toEqual(["paused"]);
  });

  it("is that of the manager, of the provider and of the instance, in this order", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open({
      pacing: { gapMs: 1, jitterMs: 1 },
      providerPacing: { fake: { gapMs: 2, maxTypingMs: 3 }, other: { gapMs: 9 } },
    });
    const { instance } = await world.connect(manager);
    const paced = async () => {
      const { gapMs, jitterMs, maxTypingMs } = await manager.pacing.get(instance.id);
      return [gapMs, jitterMs, maxTypingMs];
    };
    expect(await paced()).toEqual([2, 1, 3]);
    await manager.configure(instance.id, { pacing: { gapMs: 4 } });
    expect(await paced()).toEqual([4, 1, 3]);
    await manager.configure(instance.id, { settings: { token: "t" } });
    expect(await paced()).toEqual([4, 1, 3]);
    await manager.configure(instance.id, { pacing: null });
    expect(await paced()).toEqual([2, 1, 3]);
    await expect(
      manager.configure(instance.id, { settings: { token: "u" }, pacing: { gapMs: -1 } }),
    ).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    expect(await manager.settings(instance.id)).toEqual({ token: "t" });
  });
});
