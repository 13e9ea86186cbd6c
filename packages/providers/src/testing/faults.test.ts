import { once } from "node:events";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { FakeWhatsApp } from "./fake-whatsapp.ts";
import { TestBench } from "./test-client.ts";

const ACCOUNT = "5511999990000";

test("a second login replaces the first", async () => {
  await using bench = await TestBench.start();
  const first = await bench.link(ACCOUNT);
  const second = bench.connect(first.store);
  expect(await first.closed()).toBe(440);
  await second.open();
  await bench.whatsapp.peer("5511988887777").send(ACCOUNT, "who?");
  await second.message((text) => text === "who?");
  expect(first.messages).toEqual([]);
});

test.each([
  [503, 503],
  [515, 515],
  [440, 440],
  [401, 401],
] as const)("stream error %i", async (code, expected) => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  bench.whatsapp.streamError(ACCOUNT, code);
  expect(await client.closed()).toBe(expected);
  const again = bench.connect(client.store);
  if (code === 401) expect(await again.closed()).toBe(401);
  else await again.open();
});

test("a dropped connection, after which the client comes back", async () => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  bench.whatsapp.drop(ACCOUNT);
  expect(await client.closed()).toBe(428);
  await bench.connect(client.store).open();
});

test("ordered login failures, as many as were ordered", async () => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  bench.whatsapp.failNextLogins(1, 403);
  expect(await bench.connect(client.store).closed()).toBe(403);
  await bench.connect(client.store).open();
});

test("a half-dead connection answers nothing, and lives again when it is released", async () => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  const revive = bench.whatsapp.stall(ACCOUNT);
  await bench.whatsapp.peer("5511988887777").send(ACCOUNT, "late");
  let answered = false;
  const query = client.socket.fetchBlocklist().then(() => {
    answered = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(answered).toBe(false);
  expect(client.messages).toEqual([]);
  revive();
  revive();
  await query;
  await client.message((text) => text === "late");
});

test("upgrades can be refused with an HTTP status, and are on a wrong path", async () => {
  await using bench = await TestBench.start();
  const status = async (url: string): Promise<number | undefined> => {
    const socket = new WebSocket(url);
    socket.on("error", () => undefined);
    const [, response] = await once(socket, "unexpected-response");
    return response.statusCode;
  };
  bench.whatsapp.refuseUpgrade(429);
  expect(await status(bench.whatsapp.url)).toBe(429);
  bench.whatsapp.refuseUpgrade(null);
  expect(await status(bench.whatsapp.url.replace("/ws/chat", "/other"))).toBe(404);
  const socket = new WebSocket(bench.whatsapp.url);
  await once(socket, "open");
  socket.terminate();
});

test("closing is final, can be repeated and closes the clients", async () => {
  await using bench = await TestBench.start();
  const client = await bench.link(ACCOUNT);
  const peer = bench.whatsapp.peer("5511988887777");
  const waits = [
    peer.waitFor(() => true, { signal: new AbortController().signal }),
    bench.whatsapp.phone(ACCOUNT).enterCode("ABCD1234"),
  ];
  const ended = Promise.allSettled(waits);
  await Promise.all([bench.whatsapp.close(), bench.whatsapp.close()]);
  const closed = { status: "rejected", reason: { code: "SERVER_CLOSED" } };
  expect(await ended).toMatchObject([closed, closed]);
  expect(await client.closed()).toBe(428);
  expect(() => bench.whatsapp.url).toThrow("closed");
  const url = await FakeWhatsApp.listen().then(async (other) => {
    await using whatsapp = other;
    return whatsapp.url;
  });
  expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/ws\/chat$/);
});
