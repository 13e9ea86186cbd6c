import type { proto } from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { TestBench } from "./test-client.ts";

const ACCOUNT = "5511999990000";

test("the account asks again for what it cannot decrypt, and gets it on a new session", async () => {
  await using bench = await TestBench.start();
  const { whatsapp } = bench;
  const client = await bench.link(ACCOUNT);
  const ana = whatsapp.peer("5511988887777");
  await ana.send(ACCOUNT, "first");
  await client.message((text) => text === "first");
  await client.socket.sendMessage(ana.jid, { text: "so that pkmsg ends" });
  await ana.waitFor(() => true);

  client.store.deleteKeys("session");
  const nacked = bench.next("nack");
  const { id } = await ana.send(ACCOUNT, "lost session");
  const message = await client.message((text) => text === "lost session");
  expect(message.key.id).toBe(id);
  expect(whatsapp.retries(ACCOUNT)).toMatchObject([{ id, count: 1, chat: ana.number }]);
  expect(await nacked).toMatchObject({ id, error: "500" });
  expect(whatsapp.nacks(ACCOUNT)).toMatchObject([{ id, outcome: "late" }]);
  await expect.poll(() => whatsapp.pending(ACCOUNT)).toEqual([]);
});

test("a nack that comes late does not delete the new try", async () => {
  await using bench = await TestBench.start();
  const { whatsapp } = bench;
  const client = await bench.link(ACCOUNT);
  const ana = whatsapp.peer("5511988887777");
  client.socket.ws.removeAllListeners("CB:message");
  const sent = bench.next("sent");
  const { id } = await ana.send(ACCOUNT, "hello");
  await sent;
  const resent = bench.next("sent");
  const retry = { tag: "retry", attrs: { count: "1", id, t: "1", v: "1" } };
  const to = ana.jid;
  await client.socket.sendNode({
    tag: "receipt",
    attrs: { id, to, type: "retry" },
    content: [retry],
  });
  await resent;
  const nack = { tag: "ack", attrs: { class: "message", id, to, error: "500" } };
  await client.socket.sendNode(nack);
  await bench.next("nack");
  expect(whatsapp.pending(ACCOUNT)).toMatchObject([{ id }]);
  await client.socket.sendNode(nack);
  await bench.next("nack");
  expect(whatsapp.nacks(ACCOUNT).map(({ outcome }) => outcome)).toEqual(["late", "dropped"]);
  expect(whatsapp.pending(ACCOUNT)).toEqual([]);
});

test("the account sends again when a peer asks, and the peer shows it once", async () => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  const ana = bench.whatsapp.peer("5511988887777");
  await client.socket.sendMessage(ana.jid, { text: "again please" });
  const { id } = await ana.waitFor(({ text }) => text === "again please");
  ana.askRetry(id);
  await expect.poll(() => ana.received).toMatchObject([{ id, duplicates: 1 }]);
  expect(ana.decryptionFailures).toEqual([]);
});

test("a peer that lost its sessions asks for a retry by itself", async () => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  const ana = bench.whatsapp.peer("5511988887777");
  await ana.send(ACCOUNT, "hola");
  await client.message((text) => text === "hola");
  await client.socket.sendMessage(ana.jid, { text: "one" });
  await ana.waitFor(({ text }) => text === "one");
  await ana.send(ACCOUNT, "hola 2");
  await client.message((text) => text === "hola 2");
  ana.forgetSessions(ACCOUNT);
  await client.socket.sendMessage(ana.jid, { text: "two" });
  await ana.waitFor(({ text }) => text === "two");
  expect(ana.decryptionFailures.map(({ reason }) => reason)).toEqual(["no_session"]);
});

test("a retry between two accounts goes to the one that has to encrypt anew", async () => {
  await using bench = await TestBench.start();
  const other = "5511977776666";
  // Baileys does not find what it sent to a user when one device of that user asks for it.
  const getMessage = async (): Promise<proto.IMessage> => ({ conversation: "two" });
  const [a, b] = await Promise.all([bench.link(ACCOUNT, { getMessage }), bench.link(other)]);
  await a.socket.sendMessage(`${other}@s.whatsapp.net`, { text: "one" });
  const one = await b.message((text) => text === "one");
  await b.socket.sendMessage(one.key.remoteJid ?? "", { text: "back" });
  await a.message((text) => text === "back");
  b.store.deleteKeys("session");
  await a.socket.sendMessage(`${other}@s.whatsapp.net`, { text: "two" });
  await b.message((text) => text === "two");
  expect(bench.whatsapp.retries(other)).toHaveLength(1);
  await expect.poll(() => bench.whatsapp.pending(other)).toEqual([]);
});
