import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { TestProxy } from "../../testing/index.ts";
import { EngineBench } from "../fixtures/engine-bench.ts";

const ACCOUNT = "5511999990000";
const CREDENTIALS = { username: "ana", password: "s3cret" };
const WAIT = { timeout: 20_000, interval: 5 };

test.each(["http", "socks5"] as const)(
  "an account behind a proxy by %s: paired, connected and talking through it",
  async (protocol) => {
    await using proxy = await TestProxy.listen({ credentials: CREDENTIALS });
    await using bench = await EngineBench.start();
    const { manager, whatsapp } = bench;
    const id = await bench.pair(ACCOUNT, { proxy: proxy.url(protocol) });
    const address = new URL(whatsapp.url).host;
    // One to pair, one to stay.
    expect(proxy.tunnels).toEqual([address, address]);
    expect(whatsapp.connections).toBe(1);
    const ana = whatsapp.peer("5511988887777");
    const options = { until: "sent", timeoutMs: 12_000 } as const;
    expect(await manager.send(id, ana.number, { type: "text", text: "hi" }, options)).toMatchObject(
      {
        status: expect.stringMatching(/sent|delivered/),
      },
    );
    proxy.cut();
    await expect.poll(() => proxy.tunnels.length, WAIT).toBe(3);
    await bench.until(id, "connected");
  },
);

test.each(["http", "socks5"] as const)(
  "a proxy by %s that refuses is the reason, and nothing goes past it",
  async (protocol) => {
    await using proxy = await TestProxy.listen({ credentials: CREDENTIALS });
    let direct = 0;
    const server = net.createServer(() => {
      direct += 1;
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await using bench = await EngineBench.start({ url });
    const { manager } = bench;
    const wrong = proxy.url(protocol, { username: "ana", password: "wr0ng" });
    const id = await bench.create("a", { proxy: wrong });
    await manager.start(id);
    await expect
      .poll(async () => await manager.get(id), WAIT)
      .toMatchObject({ status: "reconnecting", reason: "proxy_failed" });
    await expect.poll(() => proxy.refusals, WAIT).toBeGreaterThan(1);
    expect([direct, proxy.tunnels]).toEqual([0, []]);
    const lines = JSON.stringify(await manager.logs(id));
    expect(lines).not.toContain("wr0ng");
    await manager.stop(id);
    server.close();
  },
);

test("a proxy can be given, exchanged and taken away while the account is connected", async () => {
  await using first = await TestProxy.listen({ credentials: CREDENTIALS });
  await using second = await TestProxy.listen();
  await using bench = await EngineBench.start();
  const { manager, whatsapp } = bench;
  const id = await bench.pair(ACCOUNT);
  await manager.configure(id, { settings: { proxy: first.url("socks5") } });
  await expect.poll(() => first.tunnels.length, WAIT).toBe(1);
  await bench.until(id, "connected");
  await manager.configure(id, { settings: { proxy: second.url("http") } });
  await expect.poll(() => second.tunnels.length, WAIT).toBe(1);
  await bench.until(id, "connected");
  await manager.configure(id, { settings: { proxy: null } });
  await expect.poll(() => whatsapp.connections, WAIT).toBe(1);
  await bench.until(id, "connected");
  expect([first.tunnels.length, second.tunnels.length]).toEqual([1, 1]);
  const invalid = manager.configure(id, { settings: { proxy: "ftp://ana:s3cret@host" } });
  await expect(invalid).rejects.toMatchObject({
    code: "VALIDATION_FAILED",
    message: expect.not.stringContaining("s3cret"),
  });
});
