import { expect, test } from "vitest";
import { TestBench, textOf } from "./test-client.ts";

const ACCOUNT = "5511999990000";
const ANA = "5511988887777";
const BOB = "5511988886666";

test("group messages go both ways, by sender keys", async () => {
  await using bench = await TestBench.start();
  const { whatsapp } = bench;
  const client = await bench.link(ACCOUNT);
  const [ana, bob] = [whatsapp.peer(ANA, { name: "Ana" }), whatsapp.peer(BOB)];
  const group = whatsapp.group("Friends", [ANA, BOB, ACCOUNT]);
  expect(await client.socket.groupMetadata(group.jid)).toMatchObject({
    id: group.jid,
    subject: "Friends",
    participants: [{ id: ana.lid, phoneNumber: ana.jid }, {}, {}],
  });
  for (const text of ["one", "two", "three"]) await ana.send(group.jid, text);
  const three = await client.message((text) => text === "three");
  expect(client.messages.map(textOf)).toEqual(["one", "two", "three"]);
  expect(three.key).toMatchObject({ remoteJid: group.jid, participant: ana.lid });
  await expect.poll(() => whatsapp.pending(ACCOUNT)).toEqual([]);

  await client.socket.sendMessage(group.jid, { text: "pong" });
  await client.socket.sendMessage(group.jid, { text: "pong 2" });
  const shown = { from: ACCOUNT, chat: group.jid };
  for (const peer of [ana, bob]) {
    await peer.waitFor(({ text }) => text === "pong 2");
    expect(peer.received).toMatchObject([
      { ...shown, text: "pong" },
      { ...shown, text: "pong 2" },
    ]);
    expect(peer.decryptionFailures).toEqual([]);
  }
});

test("a member without the sender key asks and gets message and key", async () => {
  await using bench = await TestBench.start();
  const { whatsapp } = bench;
  const client = await bench.link(ACCOUNT);
  const ana = whatsapp.peer(ANA);
  const group = whatsapp.group("Friends", [ANA, ACCOUNT]);
  await ana.send(group.jid, "one");
  await client.message((text) => text === "one");
  client.store.deleteKeys("sender-key");
  await ana.send(group.jid, "two");
  await client.message((text) => text === "two");
  expect(whatsapp.retries(ACCOUNT)).toHaveLength(1);
  await ana.send(group.jid, "three");
  await client.message((text) => text === "three");
  await expect.poll(() => whatsapp.pending(ACCOUNT)).toEqual([]);
});

test("who is no member cannot write, and gets no metadata", async () => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  const group = bench.whatsapp.group("Others", [ANA, BOB]);
  await expect(client.socket.groupMetadata(group.jid)).rejects.toThrow("forbidden");
  const stranger = bench.whatsapp.peer("5511988885555");
  await expect(stranger.send(group.jid, "hi")).rejects.toMatchObject({ code: "UNKNOWN_GROUP" });
});
