import { expect, test } from "vitest";
import { startFakeWhatsAppControl } from "./control-server.ts";
import { TestBench } from "./test-client.ts";

const ACCOUNT = "5511999990000";

async function call(url: string, path: string, body?: unknown): Promise<[number, unknown]> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(`${url}${path}`, init);
  return [response.status, await response.json()];
}

test("a conversation over the control port", async () => {
  await using bench = await TestBench.start();
  await using control = await startFakeWhatsAppControl(bench.whatsapp);
  const stranger = bench.connect();
  const qr = await stranger.qr();
  expect(await call(control.url, "/scan", { number: ACCOUNT, qr })).toEqual([
    200,
    { ok: true, device: 1 },
  ]);
  await stranger.closed();
  const client = bench.connect(stranger.store);
  await client.open();
  const peer = "5511988887777";
  const [, sent] = await call(control.url, "/send", {
    from: peer,
    to: ACCOUNT,
    text: "hola",
    name: "Ana",
  });
  expect(bench.whatsapp.peer(peer).name).toBe("Ana");
  expect(sent).toMatchObject({ ok: true, id: expect.any(String) });
  await client.message((text) => text === "hola");
  await client.socket.sendMessage(`${peer}@s.whatsapp.net`, { text: "pong" });
  await bench.whatsapp.peer(peer).waitFor(({ text }) => text === "pong");
  const [, received] = await call(control.url, `/received?peer=${peer}`);
  expect(received).toMatchObject({ messages: [{ text: "pong", from: ACCOUNT }] });
  const [, receipts] = await call(control.url, `/receipts?number=${ACCOUNT}`);
  expect(receipts).toMatchObject({ receipts: [{ chat: peer }], retries: [], nacks: [] });
  expect((await call(control.url, "/drop", { number: ACCOUNT }))[0]).toBe(200);
  expect(await client.closed()).toBe(428);
  const again = bench.connect(client.store);
  await again.open();
  await call(control.url, "/stream-error", { number: ACCOUNT, code: 503 });
  expect(await again.closed()).toBe(503);
});

test("GET / lists the routes", async () => {
  await using bench = await TestBench.start();
  await using control = await startFakeWhatsAppControl(bench.whatsapp);
  const [status, body] = await call(control.url, "/");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    routes: expect.arrayContaining([expect.objectContaining({ route: "POST /scan" })]),
  });
  await control.close();
});

test.each([
  ["/send", { to: ACCOUNT, text: "x" }, "BAD_INPUT"],
  ["/send", { from: "not a number", to: ACCOUNT, text: "x" }, "BAD_NUMBER"],
  ["/send", { from: "5511988887777", to: "5511911111111", text: "x" }, "UNKNOWN_ACCOUNT"],
  ["/scan", { number: ACCOUNT, qr: "nonsense" }, "BAD_QR"],
  ["/stream-error", { number: ACCOUNT, code: 418 }, "BAD_INPUT"],
  ["/drop", [], "BAD_INPUT"],
])("%s %j is answered with 400", async (path, body, code) => {
  await using bench = await TestBench.start();
  await using control = await startFakeWhatsAppControl(bench.whatsapp);
  expect(await call(control.url, path, body)).toMatchObject([400, { error: { code } }]);
  expect((await call(control.url, "/nowhere"))[0]).toBe(404);
});
