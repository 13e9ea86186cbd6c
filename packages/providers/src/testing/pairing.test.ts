import { expect, test } from "vitest";
import { TestBench } from "./test-client.ts";

const ACCOUNT = "5511999990000";

test("QR pairing, restart, login, a message in and the answer out, with receipts", async () => {
  await using bench = await TestBench.start();
  const { whatsapp } = bench;
  const phone = whatsapp.phone(ACCOUNT, { name: "Support" });
  expect(whatsapp.phone(`+${ACCOUNT}`)).toBe(phone);
  const stranger = bench.connect();
  expect(await phone.scan(await stranger.qr())).toBe(1);
  expect(await stranger.closed()).toBe(515);

  const client = bench.connect(stranger.store);
  await client.open();
  const ana = whatsapp.peer("5511988887777", { name: "Ana" });
  const receipted = bench.next("receipt");
  const { id } = await ana.send(ACCOUNT, "hola");
  const message = await client.message((text) => text === "hola");
  expect(message.key).toMatchObject({ id, remoteJid: ana.jid, remoteJidAlt: ana.lid });
  expect(message.pushName).toBe("Ana");
  expect(client.upsertTypes).toEqual(["notify"]);
  expect(await receipted).toMatchObject({ number: ACCOUNT, id });
  expect(whatsapp.receipts(ACCOUNT)).toMatchObject([{ id, chat: ana.number, type: "inactive" }]);
  expect(whatsapp.pending(ACCOUNT)).toEqual([]);

  const sent = await client.socket.sendMessage(ana.jid, { text: "pong" }, { quoted: message });
  const shown = await ana.waitFor(({ text }) => text === "pong");
  expect(shown).toMatchObject({ id: sent?.key.id, from: ACCOUNT, quotedId: id, duplicates: 0 });
  expect(ana.decryptionFailures).toEqual([]);
  expect(phone.sent).toMatchObject([{ text: "pong", chat: ana.number }]);
  expect(phone.decryptionFailures).toEqual([]);
});

test("delivery and read receipts of a peer reach the account", async () => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  const ana = bench.whatsapp.peer("5511988887777");
  const statuses: unknown[] = [];
  client.socket.ev.on("messages.update", (updates) => {
    statuses.push(...updates.map(({ update }) => update.status));
  });
  await client.socket.sendMessage(ana.jid, { text: "one" });
  const { id } = await ana.waitFor(({ text }) => text === "one");
  // Baileys would merge the receipt into the message that it has not announced yet.
  await client.message((text) => text === "one");
  ana.markRead(id);
  await expect.poll(() => statuses).toEqual(expect.arrayContaining([4]));
  expect(() => ana.markRead("nothing")).toThrow("got no message nothing");
});

test.each([undefined, "ABCD1234"])("pairing code %s", async (custom) => {
  await using bench = await TestBench.start();
  const phone = bench.whatsapp.phone(ACCOUNT);
  const stranger = bench.connect();
  await stranger.qr();
  const code = await stranger.socket.requestPairingCode(ACCOUNT, custom);
  await phone.enterCode(`${code.slice(0, 4)}-${code.slice(4)}`);
  expect(await stranger.closed()).toBe(515);
  const client = bench.connect(stranger.store);
  await client.open();
  expect(client.store.creds.registered).toBe(true);
  expect(phone.devices).toEqual([1]);
});

test("a wrong pairing code links nothing", async () => {
  await using bench = await TestBench.start();
  const phone = bench.whatsapp.phone(ACCOUNT);
  const stranger = bench.connect();
  await stranger.qr();
  await stranger.socket.requestPairingCode(ACCOUNT, "ABCD1234");
  await expect(phone.enterCode("ABCD1235")).rejects.toMatchObject({ code: "WRONG_PAIRING_CODE" });
  expect(await stranger.closed()).toBe(428);
  expect(phone.devices).toEqual([]);
});

test("a QR code of no client, of a client that left, or with a forged secret is refused", async () => {
  await using bench = await TestBench.start();
  const phone = bench.whatsapp.phone(ACCOUNT);
  await expect(phone.scan("2@a,b,c,d")).rejects.toMatchObject({ code: "BAD_QR" });

  const stranger = bench.connect();
  const qr = await stranger.qr();
  const [ref, noise, identity] = qr.split(",");
  const forged = [ref, noise, identity, Buffer.alloc(32).toString("base64")].join(",");
  await expect(phone.scan(forged)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  await expect(phone.scan(qr)).rejects.toMatchObject({ code: "BAD_QR" });
  expect(phone.devices).toEqual([]);
});

test("waiting for a client that shows a code can be called off", async () => {
  await using bench = await TestBench.start();
  const phone = bench.whatsapp.phone(ACCOUNT);
  await expect(phone.enterCode("ABCD1234", { timeoutMs: 5 })).rejects.toMatchObject({
    code: "TIMEOUT",
  });
  const signal = AbortSignal.abort();
  await expect(phone.enterCode("ABCD1234", { signal })).rejects.toMatchObject({ code: "ABORTED" });
});
