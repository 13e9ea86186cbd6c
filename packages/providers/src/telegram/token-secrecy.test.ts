import { inspect } from "node:util";
import { isOrquestaError } from "@orquesta/core";
import { expect, test } from "vitest";
import { FakeTelegram } from "../testing/telegram/fake-telegram.ts";
import { BenchInstance } from "./fixtures/bench-instance.ts";
import { TelegramBench, WAIT } from "./fixtures/telegram-bench.ts";

const FAULTS = [
  { kind: "html", status: 404 },
  { kind: "html", status: 502 },
  { kind: "reset" },
  { kind: "error", code: 400, description: "Bad Request" },
  { kind: "error", code: 500 },
] as const;

test("the token is in nothing that is logged, thrown, stored or told", async () => {
  const fake = await FakeTelegram.listen();
  await using bench = await TelegramBench.start({ telegram: fake, timeoutMs: 400 });
  const { bot, ana, id, chatId } = await bench.talk();
  const secret = bot.token.slice(bot.token.indexOf(":") + 1);
  const seen: unknown[] = [];
  const listener = (event: unknown) => seen.push(event);
  bench.manager.on("instance.status_changed", listener);
  bench.manager.on("message.updated", listener);
  const { token } = bot;
  for (const fault of FAULTS) {
    fake.fail(fault, { method: "sendMessage" });
    seen.push(await bench.send({ id, chatId }, { type: "text", text: `after ${fault.kind}` }));
    fake.fail(fault, { method: "getChat" });
    seen.push(await bench.manager.groups.get(id, chatId).catch((error: unknown) => error));
    fake.fail(fault, { method: "getMe" });
    const create = { provider: "telegram", settings: { token } } as const;
    seen.push(await bench.manager.create(create).catch((error: unknown) => error));
    fake.fail(fault, { method: "getUpdates" });
    bot.cutPolls();
    ana.write(bot, "still there?");
  }
  seen.push(await bench.manager.events.read(id, { limit: 1000 }), await bench.manager.list());
  await bench.manager.restart(id);
  await fake.close();
  await expect
    .poll(() => bench.manager.get(id), WAIT)
    .toMatchObject({ status: "reconnecting", reason: "connection_refused" });
  seen.push(
    await bench.manager.create({ provider: "telegram", settings: { token } }).catch(String),
  );
  seen.push((await bench.manager.logs(id)).lines, bench.logged);
  const everything = inspect(seen, { depth: 20, showHidden: true, maxArrayLength: null });
  // What is searched holds the failures, so finding nothing says something.
  expect(everything).toContain("none of the Bot API");
  expect(everything).toContain("ECONNREFUSED");
  expect(everything).not.toContain(secret);
});

test("a file that cannot be fetched does not tell the token either", async () => {
  await using telegram = await FakeTelegram.listen();
  const bot = telegram.createBot();
  const ana = telegram.createUser();
  await using instance = new BenchInstance(telegram, bot);
  ana.sendFile(bot, "photo", new Uint8Array([1, 2, 3]));
  const session = await instance.open();
  await expect.poll(() => instance.events.length, WAIT).toBe(1);
  const [event] = instance.events;
  const content = event?.name === "message.received" ? event.data.message.content : null;
  const mediaId = content?.type === "image" ? content.media.id : "";
  const failures: unknown[] = [instance.events];
  for (const fault of [...FAULTS, { kind: "reset" } as const]) {
    for (const method of ["getFile", "download"]) {
      const handle = telegram.fail(fault, { method });
      const signal = AbortSignal.timeout(10_000);
      const failure = await session.openMedia?.(mediaId, signal).catch((error: unknown) => error);
      expect(isOrquestaError(failure), `${method} ${fault.kind}`).toBe(true);
      failures.push(failure);
      handle.end();
    }
  }
  expect(inspect(failures, { depth: 20, showHidden: true })).not.toContain(bot.token.slice(-20));
});
