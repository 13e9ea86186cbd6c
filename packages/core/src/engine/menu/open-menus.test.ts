import { afterEach, expect, it, vi } from "vitest";
import { fakeContact } from "../../testing/fake/fake-contact.ts";
import type { FakeSession } from "../../testing/fake-session.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually } from "../../testing/harness/eventually.ts";
import { type FakeManager, World } from "../../testing/harness/world.ts";
import type { IncomingContent } from "../message/incoming-content.ts";
import type { OutgoingContent } from "../message/outgoing-content.ts";

const CHAT = "5511988887777";
const GROUP = "120363000000";
const door = { id: "door", title: "To my door" };
const shop = { id: "shop", title: "I pick it up" };
const menu: OutgoingContent = { type: "buttons", text: "Where to?", buttons: [door, shop] };

function record(manager: FakeManager): IncomingContent[] {
  const contents: IncomingContent[] = [];
  manager.on("message.received", ({ data }) => contents.push(data.message.content));
  return contents;
}

function choice(menuMessageId: string, option: typeof door): IncomingContent {
  return { type: "choice", menuMessageId, ...option };
}

async function quote(session: FakeSession, text: string, messageId: string): Promise<void> {
  const message = {
    id: `quote of ${messageId}`,
    chatId: CHAT,
    chatType: "direct" as const,
    sender: fakeContact(CHAT, "Ana"),
    sentAt: new Date().toISOString(),
    content: { type: "text" as const, text },
    quote: { messageId, senderId: null, text: null },
  };
  await session.commit({ events: [{ name: "message.received", chatId: CHAT, data: { message } }] });
}

afterEach(() => {
  vi.restoreAllMocks();
});

describeEachDatabase("a numbered menu", (createDatabase) => {
  it("goes out as text, is journaled as it was, and its answer is the choice", async () => {
    await using world = new World(createDatabase(), { capabilities: { resend: "ambiguous" } });
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const received = record(manager);
    const sent: unknown[] = [];
    manager.on("message.sent", ({ data }) => {
      sent.push(data.origin === "orquesta" && [data.messageId, data.content]);
    });
    await manager.send(instance.id, CHAT, menu, { until: "sent" });
    const text = "Where to?\n\n1. To my door\n2. I pick it up";
    expect(world.platform.delivered.map(({ message }) => message.content)).toEqual([
      { type: "text", text },
    ]);
    expect(sent).toEqual([["fake-1", menu]]);
    await session.receive("hm");
    await session.receive("2", { chatId: "5511900000000" });
    await session.receive("2)", { id: "answer" });
    // Closed: what comes now means something else; and the platform may tell things twice.
    await session.receive("2");
    await manager.send(instance.id, CHAT, menu, { until: "sent" });
    await session.receive("2)", { id: "answer" });
    await session.receive("1");
    expect(received).toEqual([
      { type: "text", text: "hm" },
      { type: "text", text: "2" },
      choice("fake-1", shop),
      { type: "text", text: "2" },
      choice("fake-2", door),
    ]);
  });

  it("gets its one answer after a restart", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    const { messageId } = await manager.send(instance.id, CHAT, menu, { until: "sent" });
    await manager.close();
    const second = await world.open();
    const received = record(second);
    await eventually(() => world.platform.hasSession(instance.id));
    await world.platform.session(instance.id).receive("i pick it UP");
    expect(received).toEqual([choice(messageId, shop)]);
    await second.close();
    const third = await world.open();
    const later = record(third);
    await eventually(() => world.platform.hasSession(instance.id));
    await world.platform.session(instance.id).receive("1");
    expect(later).toEqual([{ type: "text", text: "1" }]);
  });

  it("is the last one of its chat, and no answer of another message", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const received = record(manager);
    const first = await manager.send(instance.id, CHAT, menu, { until: "sent" });
    const last = await manager.send(instance.id, CHAT, menu, { until: "sent" });
    await quote(session, "1", first.messageId);
    await quote(session, "1", last.messageId);
    expect(received).toEqual([{ type: "text", text: "1" }, choice(last.messageId, door)]);
  });

  it("is for all in a group, and goes with a chat that gets another id", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const received = record(manager);
    const { messageId } = await manager.send(instance.id, GROUP, menu, { until: "sent" });
    const sender = fakeContact("5511900000001", "Bia");
    await session.receive("1", { chatId: GROUP, group: true });
    await session.receive("2", { chatId: GROUP, group: true, sender });
    const to = "120363000001";
    await session.commit({ events: [{ name: "chat.migrated", data: { from: GROUP, to } }] });
    await session.receive("1", { chatId: to, group: true, sender });
    expect(received).toEqual([
      choice(messageId, door),
      choice(messageId, shop),
      choice(messageId, door),
    ]);
  });

  it("is open for a day; retention erases it, and so does a removal", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const received = record(manager);
    await manager.send(instance.id, CHAT, menu, { until: "sent" });
    const now = Date.now();
    const clock = vi.spyOn(Date, "now").mockImplementation(() => now + 86_400_001);
    await session.receive("1");
    expect(received).toEqual([{ type: "text", text: "1" }]);
    expect(await manager.storage.sweep()).toMatchObject({ openMenus: 1 });
    clock.mockRestore();
    await manager.send(instance.id, CHAT, menu, { until: "sent" });
    expect(await world.database.sql("select chat_id from open_menu")).toHaveLength(1);
    await manager.remove(instance.id);
    expect(await world.database.sql("select chat_id from open_menu")).toEqual([]);
  });

  it("is none where the platform has buttons", async () => {
    const capabilities = { menus: "native", outgoing: ["text", "buttons"] } as const;
    await using world = new World(createDatabase(), { capabilities });
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const received = record(manager);
    await manager.send(instance.id, CHAT, menu, { until: "sent" });
    expect(world.platform.delivered.map(({ message }) => message.content)).toEqual([menu]);
    await session.receive("1");
    expect(received).toEqual([{ type: "text", text: "1" }]);
    const list: OutgoingContent = { type: "list", text: "?", sections: [{ rows: [door] }] };
    await expect(manager.send(instance.id, CHAT, list)).rejects.toMatchObject({
      code: "CAPABILITY_MISSING",
      message: "fake cannot send list; it can send text, buttons",
    });
  });
});
