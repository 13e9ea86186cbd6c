import { expect, test } from "vitest";
import { TestBench, type TestClient, textOf } from "./test-client.ts";

const ACCOUNT = "5511999990000";
const texts = (count: number, prefix = "m"): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** Kills the client the moment that it is handed its first message, before it can receipt it. */
function killAtFirstMessage(client: TestClient): void {
  client.socket.ws.on("frame", (node: { tag?: string }) => {
    if (node.tag === "message") client.kill();
  });
}

test("what was not receipted is redelivered in order, marked offline, before live messages", async () => {
  await using bench = await TestBench.start();
  const { whatsapp } = bench;
  const first = await bench.link(ACCOUNT);
  const ana = whatsapp.peer("5511988887777");
  const keys = first.store.snapshot();
  const gone = bench.next("disconnect");
  killAtFirstMessage(first);
  const { ids } = await ana.sendBatch(ACCOUNT, texts(250));
  await gone;
  expect(whatsapp.isConnected(ACCOUNT)).toBe(false);
  expect(whatsapp.pending(ACCOUNT).map(({ id }) => id)).toEqual(ids);

  first.store.restore(keys);
  const second = bench.connect(first.store);
  const offline: unknown[] = [];
  second.socket.ws.on("CB:ib,,offline", (node: { content: [{ attrs: unknown }] }) => {
    offline.push(node.content[0].attrs);
  });
  let live: Promise<unknown> | undefined;
  whatsapp.events.once("sent", () => {
    live = ana.send(ACCOUNT, "live");
  });
  await second.message((text) => text === "live");
  await live;
  expect(second.messages.map(textOf)).toEqual([...texts(250), "live"]);
  expect(second.upsertTypes.filter((type) => type === "append")).toHaveLength(250);
  expect(second.upsertTypes.at(-1)).toBe("notify");
  expect(offline).toEqual([{ count: "250" }]);
  await expect.poll(() => whatsapp.pending(ACCOUNT)).toEqual([]);
  expect(whatsapp.receipts(ACCOUNT).map(({ id }) => id)).toEqual([...ids, expect.any(String)]);
});

test("the redelivery goes on when the client receipts nothing", async () => {
  await using bench = await TestBench.start({ offlineBatchSize: 2, offlineBatchTimeoutMs: 5 });
  const { whatsapp } = bench;
  const client = await bench.link(ACCOUNT);
  client.kill();
  await bench.next("disconnect");
  await whatsapp.peer("5511988887777").sendBatch(ACCOUNT, texts(5));
  const sent: string[] = [];
  whatsapp.events.on("sent", ({ id }) => sent.push(id));
  const mute = bench.connect(client.store);
  mute.socket.ws.removeAllListeners("CB:message");
  await expect.poll(() => sent.length).toBe(5);
  expect(whatsapp.pending(ACCOUNT)).toHaveLength(5);
});

test("a peer shows an id once, and counts what came again", async () => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  const ana = bench.whatsapp.peer("5511988887777");
  const options = { messageId: "3EB0AAAAAAAAAAAAAAAAAA" };
  await client.socket.sendMessage(ana.jid, { text: "twice" }, options);
  await client.socket.sendMessage(ana.jid, { text: "twice" }, options);
  await expect.poll(() => ana.received.map(({ duplicates }) => duplicates)).toEqual([1]);
});

test("prepared messages are sent by push, each with its own id", async () => {
  await using bench = await TestBench.start();
  const { whatsapp } = bench;
  const client = await bench.link(ACCOUNT);
  const batch = await whatsapp.peer("5511988887777").prepare(ACCOUNT, texts(120));
  expect(whatsapp.pending(ACCOUNT)).toEqual([]);
  batch.push();
  batch.push();
  await client.message((text) => text === "m119");
  await expect.poll(() => whatsapp.receipts(ACCOUNT).map(({ id }) => id)).toEqual(batch.ids);
  expect(client.messages.map(({ key }) => key.id)).toEqual(batch.ids);
});

test("two accounts write to each other, and each one's phone sees its own messages", async () => {
  await using bench = await TestBench.start();
  const { whatsapp } = bench;
  const other = "5511977776666";
  const [a, b] = await Promise.all([bench.link(ACCOUNT), bench.link(other)]);
  const read = bench.next("receipt", ({ number }) => number === other);
  await a.socket.sendMessage(`${other}@s.whatsapp.net`, { text: "ping" });
  const ping = await b.message((text) => text === "ping");
  await read;
  await b.socket.sendMessage(ping.key.remoteJid ?? "", { text: "pong" });
  await a.message((text) => text === "pong");
  expect(whatsapp.phone(ACCOUNT).sent.map(({ text }) => text)).toEqual(["ping"]);
  expect(whatsapp.phone(other).sent.map(({ text }) => text)).toEqual(["pong"]);
  expect(whatsapp.peer(other).received.map(({ text }) => text)).toContain("ping");
});

test("peers can write from their LID", async () => {
  await using bench = await TestBench.start({ addressing: "lid" });
  const client = await bench.link(ACCOUNT);
  const ana = bench.whatsapp.peer("5511988887777");
  await ana.send(ACCOUNT, "hola");
  const { key } = await client.message((text) => text === "hola");
  expect(key).toMatchObject({ remoteJid: ana.lid, remoteJidAlt: ana.jid, addressingMode: "lid" });
  await client.socket.sendMessage(ana.lid, { text: "pong" });
  await ana.waitFor(({ text }) => text === "pong");
  await expect.poll(() => bench.whatsapp.pending(ACCOUNT)).toEqual([]);
});
