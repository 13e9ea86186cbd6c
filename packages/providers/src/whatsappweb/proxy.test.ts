import { buffer } from "node:stream/consumers";
import { sampleFiles } from "@orquesta/core/testing";
import { expect, it } from "vitest";
import { TestProxy } from "../testing/proxy/test-proxy.ts";
import { WebWorld } from "./fixtures/web-world.ts";
import { whatsappweb } from "./whatsappweb-provider.ts";

const CREDENTIALS = { username: "ana", password: "p@ss:word" };
const WRONG = { username: "ana", password: "wrong" };

const WHATSAPP = "web.whatsapp.com:443";

/** Proxies are told the name of WhatsApp; theirs leads to the stand-in. */
function addressOf(world: WebWorld): string {
  const address = /127\.0\.0\.1:\d+/.exec(world.whatsapp.launch.args.join(" "))?.[0];
  if (address === undefined) throw new Error("the stand-in does not say where it is");
  return address;
}

async function pair(world: WebWorld, manager: ReturnType<WebWorld["manager"]>, proxy: string) {
  const phone = world.phone();
  const { id } = await world.pairing(manager, { proxy });
  phone.scan(world.qrs.at(-1) ?? "");
  await world.until(manager, id, "connected");
  return id;
}

it("everything goes through an HTTP proxy that wants credentials, and nobody reads them", async () => {
  await using world = await WebWorld.open();
  const leadsTo = addressOf(world);
  await using proxy = await TestProxy.listen({ credentials: CREDENTIALS, leadsTo });
  const manager = world.manager();
  const id = await pair(world, manager, proxy.url("http"));
  const ana = world.whatsapp.phone("15550000002", "Ana");
  ana.setPicture(sampleFiles.JPEG);
  const picture = await manager.contacts.picture(id, ana.number);
  const { stream } = await manager.media.open(id, picture?.id ?? "");
  expect(await buffer(stream)).toEqual(Buffer.from(sampleFiles.JPEG));
  expect(new Set(proxy.tunnels)).toEqual(new Set([WHATSAPP]));
  const browser = (await world.client(manager, id)).pupBrowser?.process();
  expect(browser?.spawnargs.join(" ")).not.toContain("ana");
  expect(JSON.stringify(world.lines)).not.toContain("p@ss");
});

it("everything goes through a SOCKS5 proxy without credentials", async () => {
  await using world = await WebWorld.open();
  await using proxy = await TestProxy.listen({ leadsTo: addressOf(world) });
  const manager = world.manager();
  await pair(world, manager, proxy.url("socks5"));
  expect(new Set(proxy.tunnels)).toEqual(new Set([WHATSAPP]));
});

it.each([
  ["wrong credentials", (proxy: TestProxy) => proxy.url("http", WRONG)],
  [
    "a tunnel that is refused",
    (proxy: TestProxy) => {
      proxy.isRefusing = true;
      return proxy.url("http");
    },
  ],
  ["nobody there", () => "http://127.0.0.1:9"],
  ["no SOCKS there", () => "socks5://127.0.0.1:9"],
])("%s: proxy_failed, and nothing goes past it", async (_name, urlOf) => {
  await using world = await WebWorld.open();
  await using proxy = await TestProxy.listen({ credentials: CREDENTIALS });
  const manager = world.manager();
  const settings = world.provider().parseSettings({ proxy: urlOf(proxy) });
  const { id } = await manager.create({ provider: "whatsappweb", settings });
  await manager.start(id);
  await world.passed(id, "reconnecting proxy_failed");
  expect(proxy.tunnels).toEqual([]);
  expect(world.qrs).toEqual([]);
});

it("a proxy that refuses from now on: the reason is its, and it comes back when it lets it", async () => {
  await using world = await WebWorld.open();
  await using proxy = await TestProxy.listen({ leadsTo: addressOf(world) });
  const manager = world.manager();
  const id = await pair(world, manager, proxy.url("http"));
  proxy.isRefusing = true;
  proxy.cut();
  await manager.restart(id);
  await world.passed(id, "reconnecting proxy_failed");
  proxy.isRefusing = false;
  await world.until(manager, id, "connected");
  expect(world.qrs).toHaveLength(1);
});

it("a SOCKS5 proxy with credentials is refused when it is set, and not repeated", () => {
  const provider = whatsappweb({ dataDir: "profiles" });
  expect(() => provider.parseSettings({ proxy: "socks5://ana:secret@127.0.0.1:1080" })).toThrow(
    expect.objectContaining({
      code: "VALIDATION_FAILED",
      message: expect.stringMatching(/^(?!.*secret).*Chromium cannot log in to a SOCKS5 proxy/),
    }),
  );
});
