import type { InstanceManager, JournalEvent } from "@orquesta/core";
import { expect, it, vi } from "vitest";
import { WebWorld } from "../fixtures/web-world.ts";
import type { WhatsappWebProvider } from "../whatsappweb-provider.ts";

const WAIT = { timeout: 40_000, interval: 20 };
const ANA = "15550000002";
const CHAT = `${ANA}@s.whatsapp.net`;

type Manager = InstanceManager<[WhatsappWebProvider]>;

async function messagesOf(manager: Manager, id: string): Promise<JournalEvent[]> {
  const events = ["message.received", "message.sent"] as const;
  return [...(await manager.events.read(id, { names: events })).events];
}

async function textsOf(manager: Manager, id: string): Promise<string[]> {
  return (await messagesOf(manager, id)).flatMap((event) => {
    if (event.name === "message.received") return [`in ${textIn(event.data.message.content)}`];
    if (event.name !== "message.sent") return [];
    const { data } = event;
    const [who, content] =
      data.origin === "device" ? ["device", data.message.content] : ["sent", data.content];
    return [`${who} ${textIn(content)}`];
  });
}

function textIn(content: object): unknown {
  return "text" in content ? content.text : null;
}

it("what came and what was written elsewhere while stopped is there afterwards, once", async () => {
  await using world = await WebWorld.open();
  const ana = world.whatsapp.phone(ANA, "Ana");
  const manager = world.manager();
  ana.habits.delivers = true;
  const { id } = await world.connect(manager);
  const me = world.phone();
  await manager.send(id, CHAT, { type: "text", text: "one" }, { until: "sent" });
  ana.send(me.number, "two");
  await vi.waitFor(async () => expect(await textsOf(manager, id)).toHaveLength(2), WAIT);
  await manager.stop(id);
  ana.send(me.number, "three");
  me.send(ANA, "four");
  ana.send(me.number, "five");
  await manager.start(id, { until: "connected", timeoutMs: 40_000 });
  const all = ["sent one", "in two", "in three", "device four", "in five"];
  await vi.waitFor(async () => expect(await textsOf(manager, id)).toEqual(all), WAIT);
  ana.send(me.number, "six");
  await vi.waitFor(async () => {
    expect(await textsOf(manager, id)).toEqual([...all, "in six"]);
  }, WAIT);
});

it("people who are known by LID keep the id that they had at first", async () => {
  await using world = await WebWorld.open({ addressing: "lid" });
  const ana = world.whatsapp.phone(ANA, "Ana");
  const manager = world.manager();
  const { id } = await world.connect(manager);
  ana.send(world.phone().number, "hello");
  await vi.waitFor(async () => {
    const [event] = await messagesOf(manager, id);
    expect(event?.data).toMatchObject({
      message: { chatId: CHAT, sender: { phone: ANA, lid: ana.address.lid, jid: CHAT } },
    });
  }, WAIT);
  const view = await manager.send(id, CHAT, { type: "text", text: "hi" }, { until: "sent" });
  expect(view.status).toBe("sent");
  await ana.waitForText("hi");
});

it("a message whose answer never came is unconfirmed, not sent again, and not taken for another device's", async () => {
  await using world = await WebWorld.open();
  const ana = world.whatsapp.phone(ANA, "Ana");
  const manager = world.manager();
  const { id } = await world.connect(manager);
  world.page().settleSends(false);
  const sending = manager.send(
    id,
    CHAT,
    { type: "text", text: "once" },
    { until: "sent", timeoutMs: 60_000 },
  );
  await ana.waitForText("once");
  world.page().crash();
  expect(await sending).toMatchObject({ status: "unconfirmed" });
  await world.passed(id, "reconnecting browser_crashed");
  await world.until(manager, id, "connected");
  await manager.send(id, CHAT, { type: "text", text: "after" }, { until: "sent" });
  expect(ana.received.map(({ attributes }) => attributes["body"])).toEqual(["once", "after"]);
});
