import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Change } from "@orquesta/core";
import { expect, onTestFinished, test } from "vitest";
import { FakeTelegram } from "../testing/telegram/fake-telegram.ts";
import type { FakeTelegramBot } from "../testing/telegram/people/fake-bot.ts";
import { BenchInstance } from "./fixtures/bench-instance.ts";
import { TelegramBench, WAIT } from "./fixtures/telegram-bench.ts";

const textsOf = (events: readonly { readonly message: { readonly content: object } }[]) =>
  events.map(({ message: { content } }) => ("text" in content ? content.text : content));

/** What the bot asked for, by the offset of each question. */
const offsetsOf = (bot: FakeTelegramBot) =>
  bot.calls
    .filter(({ method }) => method.toLowerCase() === "getupdates")
    .map(({ parameters }) => parameters["offset"]);

test("of five updates one cannot be read: it is told as unsupported, the others as they are", async () => {
  await using bench = await TelegramBench.start();
  const { bot, ana, id } = await bench.talk();
  await bench.manager.stop(id);
  ana.write(bot, "1");
  ana.write(bot, "2");
  // A photo without sizes is none that the Bot API ever posts.
  ana.post(bot, { photo: [] });
  ana.write(bot, "4");
  ana.write(bot, "5");
  await bench.manager.start(id);
  const received = await bench.events(id, "message.received", 6);
  expect(textsOf(received)).toEqual([
    "/start",
    "1",
    "2",
    { type: "unsupported", kind: "photo" },
    "4",
    "5",
  ]);
  expect(bench.logged.filter((line) => line.includes("could not be read"))).toHaveLength(1);
});

test("Telegram is told to forget a batch only when it is on disk with the place behind it", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const ana = telegram.createUser();
  await using instance = new BenchInstance(telegram, bot);
  const stored = Promise.withResolvers<void>();
  instance.onCommit = () => stored.promise;
  ana.write(bot, "slow");
  await instance.open();
  await expect.poll(() => instance.waiting, WAIT).toBe(1);
  expect(bot.pendingUpdates).toHaveLength(1);
  expect(offsetsOf(bot)).toEqual([undefined]);
  stored.resolve();
  await expect.poll(() => bot.pendingUpdates, WAIT).toEqual([]);
  const [commit] = instance.commits;
  expect(commit?.events).toHaveLength(1);
  expect(commit?.keys?.map(({ type }) => type)).toEqual(["telegram-offset"]);
});

test("a batch that could not be stored comes again with the next session", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const ana = telegram.createUser();
  await using instance = new BenchInstance(telegram, bot);
  instance.onCommit = () => Promise.reject(new Error("disk full"));
  ana.write(bot, "kept");
  await instance.open();
  await expect
    .poll(() => instance.changes.at(-1), WAIT)
    .toMatchObject({ state: "closed", afterwards: "reconnect", reason: "crashed" });
  expect(bot.pendingUpdates).toHaveLength(1);
  instance.onCommit = async () => {};
  await instance.open();
  await expect.poll(() => instance.texts, WAIT).toEqual(["kept"]);
});

test("a crash between the disk and the next question gives the batch again, and is known", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "orquesta-telegram-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const ana = telegram.createUser();
  let id = "";
  {
    await using bench = await TelegramBench.start({ telegram, dataDir });
    ({ id } = await bench.connect(bot));
    ana.write(bot, "once");
    await bench.events(id, "message.received", 1);
    await expect.poll(() => bot.pendingUpdates, WAIT).toEqual([]);
  }
  await using bench = await TelegramBench.start({ telegram, dataDir });
  const update = { message: bot.chatWith(ana).messages.at(-1) };
  // As Telegram does when it was not told that the update had arrived.
  bot.repeatUpdate({ update_id: 1, ...update } as never);
  ana.write(bot, "twice");
  expect(textsOf(await bench.events(id, "message.received", 2))).toEqual(["once", "twice"]);
});

test("failures of the server are waited out without a new session", async () => {
  await using bench = await TelegramBench.start();
  const { bot, ana, id } = await bench.talk();
  const scope = { method: "getUpdates" };
  bench.telegram.fail({ kind: "error", code: 500 }, scope);
  bot.cutPolls();
  ana.write(bot, "after 500");
  await bench.events(id, "message.received", 2);
  bench.telegram.fail({ kind: "html", status: 502 }, scope);
  bot.cutPolls();
  ana.write(bot, "after a page");
  await bench.events(id, "message.received", 3);
  bench.telegram.fail({ kind: "reset" }, scope);
  bot.cutPolls();
  ana.write(bot, "after a reset");
  await bench.events(id, "message.received", 4);
  const changes = await bench.events(id, "instance.status_changed", 1);
  expect(changes.map(({ status }) => status)).toEqual(["starting", "connected"]);
});

test("a poll that hangs is given up, and asked anew", async () => {
  await using bench = await TelegramBench.start({ pollSeconds: 1, timeoutMs: 500 });
  const { bot, ana, id } = await bench.talk();
  bench.telegram.fail({ kind: "hang" }, { method: "getUpdates" });
  bot.cutPolls();
  ana.write(bot, "after a hang");
  await bench.events(id, "message.received", 2);
});

test("a server that stays away is said so, and found again", async () => {
  await using bench = await TelegramBench.start();
  const { bot, ana, id } = await bench.talk();
  const fault = bench.telegram.fail(
    { kind: "error", code: 500 },
    { method: "getUpdates", times: 99 },
  );
  bot.cutPolls();
  await expect
    .poll(() => bench.manager.get(id), WAIT)
    .toMatchObject({ status: "reconnecting", reason: "unavailable" });
  fault.end();
  ana.write(bot, "back");
  await bench.events(id, "message.received", 2);
  await expect.poll(async () => (await bench.manager.get(id)).status, WAIT).toBe("connected");
});

test("a bot that another program polls is explained, and looked after now and then", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  await using instance = new BenchInstance(telegram, bot);
  telegram.fail(
    {
      kind: "error",
      code: 409,
      description: "Conflict: terminated by other getUpdates request",
    },
    { method: "getUpdates", times: 99 },
  );
  await instance.open();
  await expect
    .poll(() => instance.changes.at(-1), WAIT)
    .toMatchObject({
      state: "closed",
      afterwards: "reconnect",
      reason: "polled_elsewhere",
      retryAfterMs: 15_000,
    });
});

test("a wait that Telegram asks for is passed on", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  await using instance = new BenchInstance(telegram, bot);
  telegram.fail({ kind: "error", code: 429, retryAfter: 7 }, { method: "getUpdates" });
  await instance.open();
  await expect
    .poll(() => instance.changes.at(-1), WAIT)
    .toMatchObject({
      state: "closed",
      reason: "rate_limited",
      retryAfterMs: 7_000,
    });
});

test("a webhook of former days is taken away", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  await fetch(`${telegram.url}/bot${bot.token}/setWebhook?url=https://old.example.com/`);
  expect(bot.webhookUrl).not.toBe("");
  await using bench = await TelegramBench.start({ telegram });
  await bench.connect(bot);
  expect(bot.webhookUrl).toBe("");
});

test("a session that is closed while it stores ends when that is done", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const ana = telegram.createUser();
  await using instance = new BenchInstance(telegram, bot);
  const stored = Promise.withResolvers<void>();
  const done: Change[] = [];
  instance.onCommit = async (change) => {
    await stored.promise;
    done.push(change);
  };
  ana.write(bot, "last");
  const session = await instance.open();
  await expect.poll(() => instance.waiting, WAIT).toBe(1);
  const closing = session.close();
  stored.resolve();
  await closing;
  expect(done).toHaveLength(1);
  expect(bot.isPolled).toBe(false);
});
