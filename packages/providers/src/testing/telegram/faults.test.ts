import { expect, test } from "vitest";
import { FakeTelegram } from "./fake-telegram.ts";
import { callApi } from "./test-caller.ts";

async function scene() {
  const telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const ana = telegram.createUser();
  ana.write(bot, "/start");
  const send = (signal?: AbortSignal) =>
    callApi(telegram, bot, "sendMessage", { chat_id: ana.id, text: "x" }, signal);
  return { telegram, bot, ana, send, count: () => bot.chatWith(ana).messages.length };
}

test("an error of the server happens as often as planned, and nothing is sent", async () => {
  const { telegram, send, count } = await scene();
  await using _ = telegram;
  telegram.fail({ kind: "error", code: 500 }, { method: "sendMessage", times: 2 });
  for (let n = 0; n < 2; n += 1) {
    expect(await send()).toMatchObject({ ok: false, error_code: 500 });
  }
  expect(count()).toBe(1);
  expect(await send()).toMatchObject({ ok: true });
  expect(count()).toBe(2);
});

test("429 on demand says how long", async () => {
  const { telegram, send } = await scene();
  await using _ = telegram;
  telegram.fail({ kind: "error", code: 429, description: "Too Many Requests", retryAfter: 3 });
  expect(await send()).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } });
});

test("a page of a proxy is no JSON", async () => {
  const { telegram, bot, send } = await scene();
  await using _ = telegram;
  telegram.fail({ kind: "html", status: 502 });
  await expect(send()).rejects.toThrow("JSON");
  telegram.fail({ kind: "html", status: 404 });
  const page = await fetch(`${telegram.url}/bot${bot.token}/getMe`);
  expect([page.status, page.headers.get("content-type")]).toEqual([404, "text/html"]);
});

test("a reset before the request is handled sends nothing; after it, the answer is lost", async () => {
  const { telegram, send, count } = await scene();
  await using _ = telegram;
  telegram.fail({ kind: "reset" });
  await expect(send()).rejects.toThrow("fetch failed");
  expect(count()).toBe(1);
  telegram.fail({ kind: "reset", handled: true });
  await expect(send()).rejects.toThrow("fetch failed");
  expect(count()).toBe(2);
});

test("a server that hangs answers nobody, and can be closed", async () => {
  const { telegram, bot, send } = await scene();
  telegram.fail({ kind: "hang" });
  const hanging = send();
  await expect.poll(() => bot.calls.length).toBe(1);
  const [failure] = await Promise.allSettled([hanging, telegram.close()]);
  expect(failure.status).toBe("rejected");
});

test("a slow body comes whole", async () => {
  const { telegram, send } = await scene();
  await using _ = telegram;
  telegram.fail({ kind: "slow", stepMs: 5 });
  const startedAt = performance.now();
  expect(await send()).toMatchObject({ ok: true });
  expect(performance.now() - startedAt).toBeGreaterThan(30);
});

test("a fault is for one bot, leaves polls alone unless it names them, and can be called off", async () => {
  const { telegram, bot, send } = await scene();
  await using _ = telegram;
  const other = telegram.createBot();
  const fault = telegram.fail({ kind: "error", code: 500 }, { botId: bot.id, times: 100 });
  expect(await callApi(telegram, other, "getMe")).toMatchObject({ ok: true });
  expect(await callApi(telegram, bot, "getUpdates")).toMatchObject({ ok: true });
  expect(await send()).toMatchObject({ ok: false });
  expect(fault.left).toBe(99);
  fault.end();
  expect(await send()).toMatchObject({ ok: true });
  telegram.fail({ kind: "error", code: 500 }, { method: "getUpdates" });
  expect(await callApi(telegram, bot, "getUpdates")).toMatchObject({ ok: false });
});
