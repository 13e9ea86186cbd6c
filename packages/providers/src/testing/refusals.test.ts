import { once } from "node:events";
import { type BinaryNode, Curve, encodeWAMessage, proto } from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Peer } from "./peer.ts";
import { TestBench, type TestClient, TestStore } from "./test-client.ts";

const ACCOUNT = "5511999990000";
const ANA = "5511988887777";

interface Sealed {
  readonly type: string;
  readonly ciphertext: Uint8Array;
}

/** Encrypts with the client's own Signal store, to send the result by hand. */
async function seal(client: TestClient, to: string, text: string): Promise<Sealed> {
  const data = encodeWAMessage({ conversation: text });
  return client.socket.signalRepository.encryptMessage({ jid: to, data });
}

async function submit(
  client: TestClient,
  peer: Peer,
  { type, ciphertext }: Sealed,
  id: string,
  identity = true,
): Promise<void> {
  const { account } = client.store.creds;
  const enc: BinaryNode = { tag: "enc", attrs: { v: "2", type }, content: ciphertext };
  const to: BinaryNode = { tag: "to", attrs: { jid: peer.jid }, content: [enc] };
  const content: BinaryNode[] = [{ tag: "participants", attrs: {}, content: [to] }];
  if (identity && account) {
    const bytes = proto.ADVSignedDeviceIdentity.encode(account).finish();
    content.push({ tag: "device-identity", attrs: {}, content: bytes });
  }
  await client.socket.sendNode({
    tag: "message",
    attrs: { id, to: peer.jid, type: "text" },
    content,
  });
}

async function linkedWithSession(bench: TestBench): Promise<[TestClient, Peer]> {
  const client = await bench.link(ACCOUNT);
  const peer = bench.whatsapp.peer(ANA);
  await client.socket.sendMessage(peer.jid, { text: "opening" });
  await peer.waitFor(({ text }) => text === "opening");
  peer.habits.retryReceipts = false;
  return [client, peer];
}

test("a replayed counter is refused", async () => {
  await using bench = await TestBench.start();
  const [client, peer] = await linkedWithSession(bench);
  const sealed = await seal(client, peer.lid, "once");
  await submit(client, peer, sealed, "A1");
  await peer.waitFor(({ text }) => text === "once");
  await submit(client, peer, sealed, "A2");
  await expect
    .poll(() => peer.decryptionFailures)
    .toMatchObject([{ id: "A2", reason: "replayed_counter" }]);
  expect(peer.received.map(({ text }) => text)).toEqual(["opening", "once"]);
});

test("unknown and spent prekeys are refused", async () => {
  await using bench = await TestBench.start();
  const [client, peer] = await linkedWithSession(bench);
  const sealed = await seal(client, peer.lid, "text");
  expect(sealed.type).toBe("pkmsg");
  for (const [id, preKeyId] of [
    ["unknown", 999_999],
    ["spent", 1],
  ] as const) {
    const forged = proto.PreKeySignalMessage.decode(sealed.ciphertext.subarray(1));
    forged.preKeyId = preKeyId;
    forged.baseKey = Buffer.concat([Buffer.of(5), Curve.generateKeyPair().public]);
    const bytes = proto.PreKeySignalMessage.encode(forged).finish();
    const ciphertext = Buffer.concat([Buffer.of(0x33), bytes]);
    await submit(client, peer, { type: "pkmsg", ciphertext }, id);
  }
  await expect
    .poll(() => peer.decryptionFailures.map(({ id, reason }) => [id, reason]))
    .toEqual([
      ["unknown", "unknown_prekey"],
      ["spent", "spent_prekey"],
    ]);
});

test("a tampered message, and a first message without device identity, are refused", async () => {
  await using bench = await TestBench.start();
  const [client, peer] = await linkedWithSession(bench);
  const first = await seal(client, peer.lid, "text");
  await submit(client, peer, first, "bare", false);
  const reasons = (): string[] => peer.decryptionFailures.map(({ reason }) => reason);
  await expect.poll(reasons).toEqual(["missing_device_identity"]);
  const { message } = proto.PreKeySignalMessage.decode(first.ciphertext.subarray(1));
  const ciphertext = Buffer.from(message ?? []);
  ciphertext.writeUInt8(ciphertext.readUInt8(ciphertext.length - 1) ^ 1, ciphertext.length - 1);
  await submit(client, peer, { type: "msg", ciphertext }, "tampered");
  await expect.poll(reasons).toEqual(["missing_device_identity", "bad_mac"]);
  // What was refused has changed nothing: the same message untouched is still readable.
  await submit(client, peer, first, "good");
  await peer.waitFor(({ id }) => id === "good");
});

test("each one-time prekey of an account is handed out once", async () => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  const ids: unknown[] = [];
  client.socket.ws.on("frame", (node: BinaryNode) => {
    if (node.tag !== "message" || !Array.isArray(node.content)) return;
    const bytes = node.content[0]?.content;
    if (!(bytes instanceof Uint8Array)) return;
    ids.push(proto.PreKeySignalMessage.decode(bytes.subarray(1)).preKeyId);
  });
  for (let index = 10; index < 30; index += 1) {
    await bench.whatsapp.peer(`55118800000${index}`).send(ACCOUNT, `from ${index}`);
  }
  await client.message((text) => text === "from 29");
  expect(new Set(ids).size).toBe(20);
  expect(bench.whatsapp.retries(ACCOUNT)).toEqual([]);
});

test("the login of an unknown, unlinked or impersonated device fails with 401", async () => {
  await using bench = await TestBench.start();
  const { whatsapp } = bench;
  const client = await bench.link(ACCOUNT);
  const { me, account } = client.store.creds;
  const impostor = new TestStore();
  Object.assign(impostor.creds, { me, account });
  expect(await bench.connect(impostor).closed()).toBe(401);
  expect(whatsapp.isConnected(ACCOUNT)).toBe(true);

  const unlinked = bench.next("logout");
  whatsapp.phone(ACCOUNT).unlink();
  expect(await client.closed()).toBe(401);
  expect(await unlinked).toMatchObject({ by: "phone" });
  expect(await bench.connect(client.store).closed()).toBe(401);
});

test("a client that logs out is unknown from then on", async () => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  const loggedOut = bench.next("logout");
  await client.socket.logout();
  expect(await loggedOut).toMatchObject({ number: ACCOUNT, by: "companion" });
  expect(bench.whatsapp.phone(ACCOUNT).devices).toEqual([]);
  expect(await bench.connect(client.store).closed()).toBe(401);
});

test("a message to nobody is acked with an error", async () => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  const refused = bench.next("refused");
  const acked = new Promise((resolve) => client.socket.ws.on("CB:ack,error:404", resolve));
  await client.socket.sendMessage("5500000000000@s.whatsapp.net", { text: "hello?" });
  expect((await refused).reason).toContain("unknown");
  await acked;
  expect(await client.socket.onWhatsApp("5500000000000")).toEqual([]);
  expect(await client.socket.onWhatsApp(ACCOUNT)).toMatchObject([{ exists: true }]);
});

test("malformed stanzas are refused: by an error when they can be named, else by the end", async () => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  const { socket } = client;
  const acked = new Promise((resolve) => socket.ws.on("CB:ack,error:479", resolve));
  await socket.sendNode({ tag: "message", attrs: { id: "B1" } });
  await acked;
  const upload = socket.query({
    tag: "iq",
    attrs: { to: "s.whatsapp.net", type: "set", xmlns: "encrypt" },
    content: [{ tag: "list", attrs: {}, content: [] }],
  });
  await expect(upload).rejects.toThrow("bad-request");
  await socket.sendNode({ tag: "message", attrs: { to: "x@s.whatsapp.net" } });
  expect(await client.closed()).toBe(500);
});

test.each([
  ["no protocol header", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  [
    "a hello that is none",
    Buffer.concat([Buffer.of(0x57, 0x41, 6, 3, 0, 0, 4), Buffer.alloc(4, 7)]),
  ],
])("a bad handshake is cut off: %s", async (_, bytes) => {
  await using bench = await TestBench.start();
  const refused = bench.next("refused");
  const socket = new WebSocket(bench.whatsapp.url);
  socket.on("error", () => undefined);
  await once(socket, "open");
  socket.send(bytes);
  await once(socket, "close");
  expect((await refused).reason).toBe("a bad handshake");
});
