import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { TestProxy } from "../testing/proxy/test-proxy.ts";
import { FakeTelegram } from "../testing/telegram/fake-telegram.ts";
import { BenchInstance } from "./fixtures/bench-instance.ts";
import { TelegramBench, WAIT } from "./fixtures/telegram-bench.ts";

const CREDENTIALS = { username: "ana@office", password: "s3cret/:?" };

test.each(["http", "socks5"] as const)(
  "everything goes through a proxy by %s, also to a plain http root, and downloads",
  async (protocol) => {
    await using proxy = await TestProxy.listen({ credentials: CREDENTIALS });
    await using telegram = await FakeTelegram.listen();
    const bot = telegram.createBot();
    const ana = telegram.createUser();
    await using instance = new BenchInstance(telegram, bot, { proxy: proxy.url(protocol) });
    ana.sendFile(bot, "document", new Uint8Array(Buffer.from("through")));
    const session = await instance.open();
    await expect.poll(() => instance.events.length, WAIT).toBe(1);
    const calls = proxy.tunnels.length;
    expect(calls).toBeGreaterThan(0);
    const [event] = instance.events;
    const content = event?.name === "message.received" ? event.data.message.content : null;
    const id = content?.type === "document" ? content.media.id : "";
    const stream = await session.openMedia?.(id, AbortSignal.timeout(10_000));
    expect(stream && (await text(stream))).toBe("through");
    const target = new URL(telegram.url).host;
    expect(new Set(proxy.tunnels)).toEqual(new Set([target]));
    expect(proxy.tunnels.length).toBeGreaterThan(calls);
  },
);

test("where the proxy fails, the status says so and nothing goes past it", async () => {
  await using bench = await TelegramBench.start();
  const proxy = await TestProxy.listen({ credentials: CREDENTIALS });
  const bot = bench.telegram.createBot();
  const { id } = await bench.connect(bot, { proxy: proxy.url("socks5") });
  await proxy.close();
  await expect
    .poll(() => bench.manager.get(id), WAIT)
    .toMatchObject({ status: "reconnecting", reason: "proxy_failed" });
  const calls = bot.calls.length;
  const password = encodeURIComponent(CREDENTIALS.password);
  expect(bench.logged.join("\n")).not.toContain(password);
  await bench.manager.configure(id, { settings: { proxy: null } });
  await bench.manager.start(id, { until: "connected", timeoutMs: 10_000 });
  expect(bot.calls.length).toBeGreaterThan(calls);
});
