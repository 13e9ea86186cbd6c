import { expect, test } from "vitest";
import { AccountBench } from "../fixtures/account-bench.ts";

const ACCOUNT = "5511999990000";
const ANA = "5511988887777";
const BEN = "5511977776666";
const WAIT = { timeout: 10_000, interval: 5 };

test("what nothing here shows is named, what shows nothing is left out", async () => {
  await using bench = await AccountBench.start();
  const { instance } = await bench.pair(ACCOUNT);
  const ana = bench.whatsapp.peer(ANA);
  for (const message of [
    { conversation: "plain" },
    { pinInChatMessage: { key: { id: "x", remoteJid: ana.jid }, type: 1 } },
    { protocolMessage: { type: 3, ephemeralExpiration: 60 } },
    { albumMessage: { expectedImageCount: 2 } },
    { messageContextInfo: { messageSecret: Buffer.alloc(32) } },
    { ephemeralMessage: { message: { extendedTextMessage: { text: "gone soon" } } } },
  ]) {
    await ana.sendMessage(ACCOUNT, message);
  }
  await expect.poll(() => bench.whatsapp.pending(ACCOUNT).length, WAIT).toBe(0);
  expect(instance.received.map(({ content }) => content)).toEqual([
    { type: "text", text: "plain" },
    { type: "unsupported", kind: "pinInChatMessage" },
    { type: "text", text: "gone soon" },
  ]);
  expect(bench.whatsapp.retries(ACCOUNT)).toEqual([]);
});

test("a group: who wrote, what was quoted, and an answer for all", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const [ana, ben] = [bench.whatsapp.peer(ANA, { name: "Ana" }), bench.whatsapp.peer(BEN)];
  const group = bench.whatsapp.group("Team", [ANA, BEN, ACCOUNT]);
  const first = await ana.send(group.jid, "hi all");
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  expect(instance.received).toMatchObject([
    {
      id: first.id,
      chatId: group.jid,
      chatType: "group",
      sender: { id: ana.jid, phone: ANA, name: "Ana" },
      content: { text: "hi all" },
    },
  ]);
  const messageId = bench.provider.createMessageId();
  const content = { type: "text" as const, text: "hi both", quoteMessageId: first.id };
  await session.send(
    { outboxId: "o", messageId, chatId: group.jid, content, attempt: 1 },
    AbortSignal.timeout(10_000),
  );
  for (const peer of [ana, ben]) {
    const shown = await peer.waitFor(({ id }) => id === messageId);
    expect(shown).toMatchObject({ text: "hi both", quotedId: first.id });
  }
  await ben.send(group.jid, "hi you", { quote: messageId });
  await expect.poll(() => instance.received.length, WAIT).toBe(2);
  expect(instance.received[1]).toMatchObject({
    sender: { phone: BEN },
    quote: { messageId, senderId: `${ACCOUNT}@s.whatsapp.net`, text: "hi both" },
  });
  ana.markRead(messageId);
  await expect
    .poll(() => instance.updated.filter(({ status }) => status === "read"), WAIT)
    .toEqual([{ chatId: group.jid, messageId, status: "read", contactId: ana.jid, error: null }]);
});

test("quotes survive a restart; one of an unknown message goes by its id", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const ana = bench.whatsapp.peer(ANA);
  const { id } = await ana.send(ACCOUNT, "question");
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  await session.close();
  const next = await bench.connect(instance);
  for (const quoteMessageId of [id, "UNKNOWN"]) {
    const messageId = bench.provider.createMessageId();
    const content = { type: "text" as const, text: "answer", quoteMessageId };
    await next.send(
      { outboxId: "o", messageId, chatId: ana.jid, content, attempt: 1 },
      AbortSignal.timeout(10_000),
    );
    const shown = await ana.waitFor((message) => message.id === messageId);
    expect(shown.quotedId).toBe(quoteMessageId);
  }
});

test("peers that write from their LID keep the chat of their phone", async () => {
  await using bench = await AccountBench.start({ addressing: "lid" });
  const { instance, session } = await bench.pair(ACCOUNT);
  const ana = bench.whatsapp.peer(ANA);
  await ana.send(ACCOUNT, "one");
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  const [message] = instance.received;
  expect(message?.sender.lid).toBe(ana.lid);
  expect(message?.chatId).toBe(message?.sender.id);
  const messageId = bench.provider.createMessageId();
  await session.send(
    {
      outboxId: "o",
      messageId,
      chatId: message?.chatId ?? "",
      content: { type: "text", text: "two" },
      attempt: 1,
    },
    AbortSignal.timeout(10_000),
  );
  await ana.waitFor(({ text }) => text === "two");
  await ana.send(ACCOUNT, "three");
  await expect.poll(() => instance.received.length, WAIT).toBe(2);
  expect(new Set(instance.received.map(({ chatId }) => chatId)).size).toBe(1);
  await expect
    .poll(() => instance.updated.map(({ chatId, messageId }) => ({ chatId, messageId })), WAIT)
    .toEqual([{ chatId: message?.chatId, messageId }]);
});
