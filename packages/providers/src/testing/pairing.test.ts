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

test("a pairing code that the server refuses is known to no phone", async () => {
  await using bench = await TestBench.start();
  const phone = bench.whatsapp.phone(ACCOUNT);
  bench.whatsapp.linkingRules.refuseNextPairingCodes(1);
  const stranger = bench.connect();
  await stranger.qr();
  const refused = new Promise<string | undefined>((resolve) => {
    stranger.socket.ws.on("CB:iq,type:error", ({ content }) => resolve(content?.[0]?.attrs.text));
  });
  await stranger.socket.requestPairingCode(ACCOUNT, "ABCD1234");
  expect(await refused).toBe("rate-overlimit");
  await expect(phone.enterCode("ABCD1234", { timeoutMs: 5 })).rejects.toMatchObject({
    code: "TIMEOUT",
  });
  await stranger.socket.requestPairingCode(ACCOUNT, "ABCD1234");
  expect(await phone.enterCode("ABCD1234")).toBe(1);
});

test.each(["qr", "code"] as const)("a passkey is demanded after pairing by %s", async (way) => {
  await using bench = await TestBench.start();
  const phone = bench.whatsapp.phone(ACCOUNT);
  phone.demandPasskey();
  const stranger = bench.connect();
  const qr = await stranger.qr();
  const demanded = new Promise<Uint8Array>((resolve) => {
    const event = "CB:notification,type:passkey_prologue_request,passkey_request_options";
    stranger.socket.ws.on(event, ({ content }) => resolve(content[0].content));
  });
  if (way === "code") await stranger.socket.requestPairingCode(ACCOUNT, "ABCD1234");
  const linking = way === "qr" ? phone.scan(qr) : phone.enterCode("ABCD1234");
  await expect(linking).rejects.toMatchObject({ code: "PASSKEY_REQUIRED" });
  expect(JSON.parse(Buffer.from(await demanded).toString())).toMatchObject({
    rpId: "whatsapp.com",
    userVerification: "required",
  });
  expect(phone.devices).toEqual([]);
  expect(stranger.updates.some(({ isNewLogin }) => isNewLogin)).toBe(false);
});

test("clients older than the required version are refused with 405, paired or not", async () => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  client.kill();
  bench.whatsapp.linkingRules.requireVersion([2, 3000, 7]);
  for (const [version, code] of [
    [[2, 3000, 6], 405],
    [[2, 2999, 9], 405],
    [[1, 9999, 9], 405],
  ] as const) {
    expect(await bench.connect(undefined, { version: [...version] }).closed()).toBe(code);
  }
  expect(await bench.connect(client.store, { version: [2, 3000, 6] }).closed()).toBe(405);
  for (const version of [
    [2, 3000, 7],
    [2, 3001, 0],
    [3, 0, 0],
  ] as const) {
    expect(await bench.connect(undefined, { version: [...version] }).qr()).toContain(",");
  }
  await bench.connect(client.store, { version: [2, 3000, 7] }).open();
});

test("QR codes can be withheld from a client that is connected", async () => {
  await using bench = await TestBench.start();
  bench.whatsapp.linkingRules.withholdQrCodes();
  const stranger = bench.connect();
  await stranger.update("the end of the handshake", ({ connection }) => connection);
  await expect(
    stranger.update("a QR code", ({ qr }) => qr, { timeoutMs: 300 }),
  ).rejects.toMatchObject({ code: "TIMEOUT" });
  bench.whatsapp.linkingRules.withholdQrCodes(false);
  expect(await bench.connect().qr()).toContain(",");
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
