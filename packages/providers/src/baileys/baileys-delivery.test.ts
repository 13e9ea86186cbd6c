import { type Change, OrquestaError } from "@orquesta/core";
import type { WASocket } from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { AccountBench } from "./fixtures/account-bench.ts";

const ACCOUNT = "5511999990000";
const SECOND = "5511999990001";
const ANA = "5511988887777";
const WAIT = { timeout: 10_000, interval: 5 };

const holdsMessage = ({ events = [] }: Change) =>
  events.some(({ name }) => name === "message.received");

test("killed between commit and receipt: redelivered, receipted, journaled once", async () => {
  await using bench = await AccountBench.start();
  const { whatsapp } = bench;
  const { instance } = await bench.pair(ACCOUNT);
  const ana = whatsapp.peer(ANA);
  await ana.send(ACCOUNT, "one");
  await expect.poll(() => whatsapp.pending(ACCOUNT).length, WAIT).toBe(0);
  const received = instance.received.length;
  // The commit is on disk, and the session never learns of it.
  instance.onStored = (change) => (holdsMessage(change) ? new Promise(() => {}) : undefined);
  await ana.send(ACCOUNT, "two");
  await expect.poll(() => instance.received.length, WAIT).toBe(received + 1);
  expect(whatsapp.pending(ACCOUNT)).toHaveLength(1);
  whatsapp.drop(ACCOUNT);
  await expect.poll(() => instance.changes.at(-1)?.state, WAIT).toBe("closed");
  instance.onStored = () => {};
  await bench.connect(instance);
  await expect.poll(() => whatsapp.pending(ACCOUNT).length, WAIT).toBe(0);
  await ana.send(ACCOUNT, "three");
  await expect.poll(() => instance.received.length, WAIT).toBe(received + 2);
  expect(instance.received.map(({ content }) => content)).toEqual(
    ["one", "two", "three"].map((text) => ({ type: "text", text })),
  );
  expect([whatsapp.nacks(ACCOUNT), whatsapp.retries(ACCOUNT)]).toEqual([[], []]);
});

test("a commit that fails: no receipt, no refusal; the message comes again", async () => {
  await using bench = await AccountBench.start();
  const { whatsapp } = bench;
  const { instance } = await bench.pair(ACCOUNT);
  const ana = whatsapp.peer(ANA);
  const failure = new OrquestaError("DATABASE_FAILED", "disk full");
  instance.onCommit = (change) => {
    if (holdsMessage(change)) throw failure;
  };
  await ana.send(ACCOUNT, "one");
  await expect.poll(() => instance.changes.at(-1)?.state, WAIT).toBe("closed");
  expect(instance.changes.at(-1)).toEqual({
    state: "closed",
    afterwards: "reconnect",
    reason: "crashed",
    cause: failure,
  });
  await expect.poll(() => whatsapp.isConnected(ACCOUNT), WAIT).toBe(false);
  expect(whatsapp.pending(ACCOUNT)).toHaveLength(1);
  expect([whatsapp.receipts(ACCOUNT), whatsapp.nacks(ACCOUNT)]).toEqual([[], []]);
  expect(whatsapp.retries(ACCOUNT)).toEqual([]);
  instance.onCommit = () => {};
  await bench.connect(instance);
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  await expect.poll(() => whatsapp.pending(ACCOUNT).length, WAIT).toBe(0);
  expect(whatsapp.retries(ACCOUNT)).toEqual([]);
});

test("ratchet, plaintext and event are in one commit, also when two accounts hear one contact", async () => {
  await using bench = await AccountBench.start();
  const accounts = [await bench.pair(ACCOUNT), await bench.pair(SECOND)];
  const ana = bench.whatsapp.peer(ANA);
  const texts = Array.from({ length: 100 }, (_, index) => `text ${index}`);
  const batches = [await ana.prepare(ACCOUNT, texts), await ana.prepare(SECOND, texts)];
  for (const batch of batches) batch.push();
  for (const { instance } of accounts) {
    await expect.poll(() => instance.received.length, WAIT).toBe(100);
    expect(instance.received.map(({ content }) => content)).toEqual(
      texts.map((text) => ({ type: "text", text })),
    );
    for (const { events = [], keys = [] } of instance.commits.filter(holdsMessage)) {
      expect(keys.filter(({ type }) => type === "received-message")).toHaveLength(events.length);
      expect(keys.filter(({ type }) => type === "session")).toHaveLength(1);
    }
  }
});

test("a message leaves only after its ratchet is stored", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const ana = bench.whatsapp.peer(ANA);
  const gate = Promise.withResolvers<void>();
  let held: Change | undefined;
  instance.onCommit = (change) => {
    if (!change.keys?.some(({ type }) => type === "sent-message")) return undefined;
    held = change;
    return gate.promise;
  };
  const message = {
    outboxId: "o",
    messageId: bench.provider.createMessageId(),
    chatId: ana.jid,
    content: { type: "text" as const, text: "hello" },
    attempt: 1,
  };
  const sent = session.send(message, AbortSignal.timeout(10_000));
  await expect.poll(() => held, WAIT).toBeDefined();
  expect(held?.keys?.some(({ type }) => type === "session")).toBe(true);
  expect(ana.received).toEqual([]);
  gate.resolve();
  expect(await sent).toEqual({ messageId: message.messageId });
  await ana.waitFor(({ text }) => text === "hello");
});

test("the same message twice arrives once; a retry after a restart is answered", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const ana = bench.whatsapp.peer(ANA);
  const message = {
    outboxId: "o",
    messageId: bench.provider.createMessageId(),
    chatId: ana.jid,
    content: { type: "text" as const, text: "hello" },
    attempt: 1,
  };
  await session.send(message, AbortSignal.timeout(10_000));
  await session.close();
  const next = await bench.connect(instance);
  await next.send({ ...message, attempt: 2 }, AbortSignal.timeout(10_000));
  const shown = await ana.waitFor(({ id }) => id === message.messageId);
  await expect.poll(() => shown.duplicates, WAIT).toBe(1);
  await next.close();
  await bench.connect(instance);
  ana.askRetry(message.messageId);
  await expect.poll(() => shown.duplicates, WAIT).toBe(2);
  expect(ana.received).toHaveLength(1);
  expect(ana.decryptionFailures).toEqual([]);
});

test("a retry is answered from what is stored: Baileys remembers no message", async () => {
  await using bench = await AccountBench.start();
  const { instance, session } = await bench.pair(ACCOUNT);
  const ana = bench.whatsapp.peer(ANA);
  const heard = await ana.send(ACCOUNT, "hi");
  await expect.poll(() => instance.received.length, WAIT).toBe(1);
  const messageId = bench.provider.createMessageId();
  const content = { type: "text" as const, text: "hello" };
  const message = { outboxId: "o", messageId, chatId: ana.jid, content, attempt: 1 };
  await session.send(message, AbortSignal.timeout(10_000));
  const shown = await ana.waitFor(({ id }) => id === messageId);
  const { messageRetryManager } = session.native as WASocket;
  expect(messageRetryManager?.getRecentMessage(ana.jid, messageId)).toBeUndefined();
  expect(messageRetryManager?.getRecentMessage(ana.jid, heard.id)).toBeUndefined();
  ana.askRetry(messageId);
  await expect.poll(() => shown.duplicates, WAIT).toBe(1);
  expect(ana.decryptionFailures).toEqual([]);
});
