import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeWhatsApp } from "./fake-whatsapp.ts";
import { TestClient, textOf } from "./test-client.ts";

const ACCOUNT = "5511999990000";
let whatsapp: FakeWhatsApp;
beforeEach(async () => {
  whatsapp = await FakeWhatsApp.listen();
});
afterEach(() => whatsapp.close());

test("QR pairing, restart, login, a message in and the answer out, with receipts", async () => {
  const phone = whatsapp.phone(ACCOUNT, { name: "Support" });
  const stranger = new TestClient(whatsapp.url);
  expect(await phone.scan(await stranger.qr())).toBe(1);
  expect(await stranger.closed()).toBe(515);

  const client = new TestClient(whatsapp.url, stranger.store);
  await client.open();
  const ana = whatsapp.peer("5511988887777", { name: "Ana" });
  const { id } = await ana.send(ACCOUNT, "hola");
  const message = await client.message((text) => text === "hola");
  expect(message.key).toMatchObject({ id, remoteJid: ana.jid, remoteJidAlt: ana.lid });
  expect(message.pushName).toBe("Ana");

  const sent = await client.socket.sendMessage(ana.jid, { text: "pong" }, { quoted: message });
  const shown = await ana.waitFor(({ text }) => text === "pong");
  expect(shown).toMatchObject({ id: sent?.key.id, from: ACCOUNT, quotedId: id, duplicates: 0 });
  expect(whatsapp.receipts(ACCOUNT).map((receipt) => receipt.id)).toEqual([id]);
  expect(ana.decryptionFailures).toEqual([]);
  expect(phone.sent.map(({ text }) => text)).toEqual(["pong"]);
  expect(whatsapp.pending(ACCOUNT)).toEqual([]);
  expect(textOf(message)).toBe("hola");
  client.kill();
});
