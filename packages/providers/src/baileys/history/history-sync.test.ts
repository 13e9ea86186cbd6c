import { buffer } from "node:stream/consumers";
import type { DurableEventMap } from "@orquesta/core";
import { expect, test } from "vitest";
import { AccountBench } from "../fixtures/account-bench.ts";
import type { MemoryInstance } from "../fixtures/memory-context.ts";

const ACCOUNT = "5511999990000";
const ANA = "5511988887777";
const RUI = "5511977776666";
const WAIT = { timeout: 15_000, interval: 5 };
const WANTED = { syncFullHistory: true };

function historiesOf({ events }: MemoryInstance): DurableEventMap["history.received"][] {
  return events.flatMap((event) => (event.name === "history.received" ? [event.data] : []));
}

function messagesOf(instance: MemoryInstance) {
  return historiesOf(instance).flatMap(({ messages }) => messages);
}

function texts(count: number) {
  return Array.from({ length: count }, (_, index) => ({ chat: ANA, message: `old ${index}` }));
}

/** Rows of parts that are not in the journal yet. */
function pendingIn({ rows }: MemoryInstance): string[] {
  return [...rows.keys()].filter((name) => /^history\|(?!pending$)/.test(name));
}

async function start(settings = WANTED) {
  const bench = await AccountBench.start();
  bench.whatsapp.peer(ANA, { name: "Ana" });
  bench.whatsapp.peer(RUI, { name: "Rui" });
  const { instance, session } = await bench.pair(ACCOUNT, settings);
  return { bench, instance, session, phone: bench.whatsapp.phone(ACCOUNT) };
}

test("a history comes in small batches, read like live messages, and its media can be opened", async () => {
  const { bench, instance, session, phone } = await start();
  await using _ = bench;
  const group = bench.whatsapp.group("team", [ACCOUNT, ANA, RUI]);
  const picture = Buffer.alloc(50_000, "x");
  const { messageIds } = phone.sendHistory(
    [
      {
        chat: ANA,
        message: { kind: "image", bytes: picture },
        sentAt: new Date(1_600_000_000_000),
      },
      { chat: ANA, from: ACCOUNT, message: "*mine*" },
      { chat: group.jid, from: RUI, message: "in the group" },
      ...texts(117),
    ],
    { progress: 40 },
  );
  await expect.poll(() => messagesOf(instance).length, WAIT).toBe(120);
  expect(historiesOf(instance).map(({ messages }) => messages.length)).toEqual([50, 50, 20]);
  expect(historiesOf(instance).map(({ progress }) => progress)).toEqual([40, 40, 40]);
  const byId = new Map(messagesOf(instance).map((one) => [one.message.id, one]));
  const [image, mine, grouped] = messageIds.slice(0, 3).map((id) => byId.get(id));
  expect(image).toMatchObject({
    direction: "in",
    message: {
      chatId: `${ANA}@s.whatsapp.net`,
      chatType: "direct",
      sender: { id: `${ANA}@s.whatsapp.net`, phone: ANA, name: "Ana" },
      sentAt: new Date(1_600_000_000_000).toISOString(),
      content: { type: "image" },
    },
  });
  expect(mine).toMatchObject({
    direction: "out",
    message: { chatId: `${ANA}@s.whatsapp.net`, content: { type: "text", markdown: "**mine**" } },
  });
  expect(grouped).toMatchObject({
    direction: "in",
    // The phone number of the LID that the group shows came with the history.
    message: { chatId: group.jid, sender: { id: `${RUI}@s.whatsapp.net`, phone: RUI } },
  });
  const content = image?.message.content;
  const mediaId = content && "media" in content ? content.media.id : "";
  const stream = await session.openMedia?.(mediaId, AbortSignal.timeout(10_000));
  expect(stream && (await buffer(stream))).toEqual(picture);
  expect(instance.received).toEqual([]);
  expect(instance.sentElsewhere).toEqual([]);
  await expect.poll(() => pendingIn(instance), WAIT).toEqual([]);
  expect(JSON.stringify(instance.events)).not.toMatch(/mediaKey|directPath/);
});

test("an inline history is read as well; without the setting nothing of one is kept", async () => {
  const { bench, instance, session, phone } = await start();
  await using _ = bench;
  phone.sendHistory(texts(2), { inline: true, syncType: "INITIAL_BOOTSTRAP", progress: 0 });
  await expect.poll(() => messagesOf(instance).length, WAIT).toBe(2);
  expect(historiesOf(instance)[0]?.progress).toBe(0);
  await expect.poll(() => pendingIn(instance), WAIT).toEqual([]);
  await session.close();
  await bench.connect(instance, { syncFullHistory: false });
  phone.sendHistory(texts(3), { inline: true });
  await bench.whatsapp.peer(ANA).send(ACCOUNT, "live");
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  expect(messagesOf(instance)).toHaveLength(2);
  expect(pendingIn(instance)).toEqual([]);
});

test("a crash before or behind a commit loses nothing and brings nothing twice", async () => {
  const { bench, instance, phone } = await start();
  await using _ = bench;
  const isHistory = (names: readonly { name: string }[] = []) =>
    names.some(({ name }) => name === "history.received");
  instance.onCommit = ({ events }) => {
    if (isHistory(events)) throw new Error("the disk is gone");
  };
  const { messageIds } = phone.sendHistory(texts(120));
  await expect.poll(() => instance.changes.at(-1)?.state, WAIT).toBe("closed");
  expect(messagesOf(instance)).toEqual([]);
  instance.onCommit = () => {};
  let stored = 0;
  instance.onStored = ({ events }) => {
    if (isHistory(events) && ++stored === 2) throw new Error("nobody hears of it");
  };
  await bench.open(instance, undefined, WANTED);
  await expect.poll(() => stored, WAIT).toBe(2);
  await expect.poll(() => instance.changes.at(-1)?.state, WAIT).toBe("closed");
  instance.onStored = () => {};
  await bench.connect(instance, WANTED);
  await expect.poll(() => messagesOf(instance).length, WAIT).toBe(120);
  await expect.poll(() => pendingIn(instance), WAIT).toEqual([]);
  const ids = messagesOf(instance).map(({ message }) => message.id);
  expect(ids.toSorted()).toEqual(messageIds.toSorted());
});

test("a history that is gone or broken is a line in the log, and the session goes on", async () => {
  const { bench, instance, session, phone } = await start();
  await using _ = bench;
  bench.whatsapp.media.failWith(404);
  phone.sendHistory(texts(3));
  await expect.poll(() => instance.logged.join("\n"), WAIT).toContain("history is lost");
  await expect.poll(() => pendingIn(instance), WAIT).toEqual([]);
  bench.whatsapp.media.failWith(null);
  await session.close();
  phone.sendHistory(texts(3));
  bench.whatsapp.media.damage();
  await bench.connect(instance, WANTED);
  const lost = () => instance.logged.filter((line) => line.includes("history is lost")).length;
  await expect.poll(lost, WAIT).toBe(2);
  await bench.whatsapp.peer(ANA).send(ACCOUNT, "live");
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  phone.sendHistory(texts(3));
  await expect.poll(() => messagesOf(instance).length, WAIT).toBe(3);
});

test("live messages do not wait behind a large history", async () => {
  const { bench, instance, phone } = await start();
  await using _ = bench;
  const count = 5_000;
  phone.sendHistory(texts(count));
  await expect.poll(() => historiesOf(instance).length, WAIT).toBeGreaterThan(0);
  await bench.whatsapp.peer(ANA).send(ACCOUNT, "live");
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  expect(messagesOf(instance).length).toBeLessThan(count);
  await expect.poll(() => messagesOf(instance).length, { timeout: 60_000 }).toBe(count);
}, 90_000);
