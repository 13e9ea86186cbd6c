import { expect, test } from "vitest";
import { FakeTelegram } from "./fake-telegram.ts";
import { callApi, callOk } from "./test-caller.ts";
import type { Update } from "./wire/types.ts";

test("getMe tells who the bot is; a token that is none is refused", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot({ username: "orquesta_bot" });
  const me = await callApi(telegram, bot, "getMe");
  expect(me).toMatchObject({ ok: true, result: { id: bot.id, is_bot: true } });
  expect(me.result).toMatchObject({ username: "orquesta_bot" });
  const unknown = { token: `${bot.id}:AAwrong` };
  expect(await callApi(telegram, unknown, "getMe")).toEqual({
    ok: false,
    error_code: 401,
    description: "Unauthorized",
  });
  expect(await callApi(telegram, { token: "nonsense" }, "getMe")).toMatchObject({
    error_code: 404,
    description: "Not Found",
  });
  expect(await callApi(telegram, bot, "makeCoffee")).toMatchObject({
    error_code: 404,
    description: "Not Found: method not found",
  });
  const old = { token: bot.token };
  bot.revokeToken();
  expect(await callApi(telegram, old, "getMe")).toMatchObject({ error_code: 401 });
  expect(await callApi(telegram, bot, "getMe")).toMatchObject({ ok: true });
});

test("method names are taken in any case, and parameters from the query", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const ana = telegram.createUser();
  ana.write(bot, "one");
  ana.write(bot, "two");
  const response = await fetch(`${telegram.url}/bot${bot.token}/getupdates?limit=1`);
  expect(await response.json()).toMatchObject({ result: [{ message: { text: "one" } }] });
});

test("an update comes again until a higher offset confirms it", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const ana = telegram.createUser();
  for (const text of ["one", "two", "three"]) ana.write(bot, text);
  const first = await callOk<Update[]>(telegram, bot, "getUpdates", { limit: 2 });
  expect(first).toHaveLength(2);
  expect(await callOk(telegram, bot, "getUpdates", { limit: 2 })).toEqual(first);
  const offset = (first[1]?.update_id ?? 0) + 1;
  const rest = await callApi(telegram, bot, "getUpdates", { offset });
  expect(rest.result).toMatchObject([{ update_id: offset, message: { text: "three" } }]);
  await callApi(telegram, bot, "getUpdates", { offset: offset + 1 });
  expect(bot.pendingUpdates).toEqual([]);
});

test("a negative offset counts from the end and forgets what is before", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const ana = telegram.createUser();
  for (const text of ["one", "two", "three"]) ana.write(bot, text);
  const last = await callApi(telegram, bot, "getUpdates", { offset: -1 });
  expect(last.result).toMatchObject([{ message: { text: "three" } }]);
  expect(bot.pendingUpdates).toHaveLength(1);
});

test("a long poll waits for the update", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const ana = telegram.createUser();
  const poll = callApi(telegram, bot, "getUpdates", { timeout: 30 });
  await expect.poll(() => bot.isPolled).toBe(true);
  ana.write(bot, "now");
  expect((await poll).result).toMatchObject([{ message: { text: "now" } }]);
  expect((await callApi(telegram, bot, "getUpdates", { offset: -1, timeout: 0 })).ok).toBe(true);
});

test("a long poll ends empty after its timeout", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  expect(await callApi(telegram, bot, "getUpdates", { timeout: 1 })).toEqual({
    ok: true,
    result: [],
  });
});

test("a second poller ends the first with 409", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const first = callApi(telegram, bot, "getUpdates", { timeout: 30 });
  await expect.poll(() => bot.isPolled).toBe(true);
  const second = callApi(telegram, bot, "getUpdates", { timeout: 30 });
  expect(await first).toMatchObject({
    error_code: 409,
    description: expect.stringContaining("terminated by other getUpdates request"),
  });
  telegram.createUser().write(bot, "for the second");
  expect((await second).result).toMatchObject([{ message: { text: "for the second" } }]);
});

test("a poller that went away is no rival", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const leaving = new AbortController();
  const first = callApi(telegram, bot, "getUpdates", { timeout: 30 }, leaving.signal);
  await expect.poll(() => bot.isPolled).toBe(true);
  leaving.abort();
  await expect(first).rejects.toThrow();
  await expect.poll(() => bot.isPolled).toBe(false);
});

test("getUpdates is refused while a webhook is set", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  await callApi(telegram, bot, "setWebhook", { url: "https://bot.example/hook" });
  expect(await callApi(telegram, bot, "getUpdates")).toMatchObject({
    error_code: 409,
    description: expect.stringContaining("while webhook is active"),
  });
  await callApi(telegram, bot, "deleteWebhook");
  expect(await callApi(telegram, bot, "getUpdates")).toMatchObject({ ok: true });
});

test("allowed_updates filters what arises from then on, and is kept", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const ana = telegram.createUser();
  await callApi(telegram, bot, "getUpdates", { allowed_updates: ["callback_query"] });
  ana.write(bot, "unheard");
  expect((await callApi(telegram, bot, "getUpdates")).result).toEqual([]);
  await callApi(telegram, bot, "getUpdates", { allowed_updates: [] });
  ana.write(bot, "heard");
  expect((await callApi(telegram, bot, "getUpdates")).result).toMatchObject([
    { message: { text: "heard" } },
  ]);
});

test("a cut long poll breaks the connection and loses nothing", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const poll = callApi(telegram, bot, "getUpdates", { timeout: 30 });
  await expect.poll(() => bot.isPolled).toBe(true);
  expect(bot.cutPolls()).toBe(1);
  await expect(poll).rejects.toThrow();
  telegram.createUser().write(bot, "still there");
  expect((await callApi(telegram, bot, "getUpdates")).result).toHaveLength(1);
});

test("closing ends a long poll", async () => {
  const telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const poll = callApi(telegram, bot, "getUpdates", { timeout: 30 });
  await expect.poll(() => bot.isPolled).toBe(true);
  await Promise.all([telegram.close(), telegram.close()]);
  await expect(poll).rejects.toThrow();
});
