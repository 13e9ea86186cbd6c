import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { sizeOfGroup, WebWorld } from "./fixtures/web-world.ts";

/** Quick enough for a test, and slow enough for a machine under load. */
const WATCHFUL = { pingIntervalMs: 300, pingTimeoutMs: 3_000, closeTimeoutMs: 1_000 };
const CHAT = "5511900000002";

/** It comes back by itself, with a browser of its own, and works. */
async function isBack(world: WebWorld, manager: ReturnType<WebWorld["manager"]>, id: string) {
  await world.until(manager, id, "connected");
  await world.remember(manager, id);
  expect(world.qrs).toHaveLength(1);
  const peer = world.phone(2);
  await manager.send(id, CHAT, { type: "text", text: "back" }, { until: "sent" });
  await peer.waitForText("back");
}

it("a browser that is killed: browser_crashed, and a new one", async () => {
  await using world = await WebWorld.open();
  world.phone(2);
  const manager = world.manager();
  const { id } = await world.connect(manager);
  const pid = await world.remember(manager, id);
  process.kill(pid, "SIGKILL");
  await world.passed(id, "reconnecting browser_crashed");
  await isBack(world, manager, id);
  expect(await sizeOfGroup(pid)).toBe(0);
});

it("a renderer that crashes: browser_crashed, and a new one", async () => {
  await using world = await WebWorld.open();
  world.phone(2);
  const manager = world.manager();
  const { id } = await world.connect(manager);
  const pid = await world.remember(manager, id);
  world.page().crash();
  await world.passed(id, "reconnecting browser_crashed");
  await isBack(world, manager, id);
  expect(await sizeOfGroup(pid)).toBe(0);
});

it("a browser that is frozen: unresponsive within bounds, killed, and a new one", async () => {
  await using world = await WebWorld.open();
  world.phone(2);
  const manager = world.manager(WATCHFUL);
  const { id } = await world.connect(manager);
  const pid = await world.remember(manager, id);
  process.kill(-pid, "SIGSTOP");
  const frozenAt = Date.now();
  await world.passed(id, "reconnecting unresponsive");
  // One interval, and the time for an answer; the rest is this machine's.
  expect(Date.now() - frozenAt).toBeLessThan(15_000);
  await world.gone(pid);
  await isBack(world, manager, id);
});

it("a page that hangs: unresponsive, and a new browser", async () => {
  await using world = await WebWorld.open();
  world.phone(2);
  const manager = world.manager(WATCHFUL);
  const { id } = await world.connect(manager);
  const pid = await world.remember(manager, id);
  world.page().hang(3_600_000);
  await world.passed(id, "reconnecting unresponsive");
  await world.gone(pid);
  await isBack(world, manager, id);
});

it("a line to the browser that is lost while the browser lives: killed, and a new one", async () => {
  await using world = await WebWorld.open();
  world.phone(2);
  const manager = world.manager(WATCHFUL);
  const { id } = await world.connect(manager);
  const pid = await world.remember(manager, id);
  const browser = (await world.client(manager, id)).pupBrowser?.process();
  // It would end with its pipe; frozen, it does not notice.
  process.kill(-pid, "SIGSTOP");
  for (const pipe of browser?.stdio ?? []) pipe?.destroy();
  await world.passed(id, "reconnecting browser_crashed");
  await world.gone(pid);
  await isBack(world, manager, id);
});

it("a page that is closed: browser_crashed, and a new browser", async () => {
  await using world = await WebWorld.open();
  world.phone(2);
  const manager = world.manager();
  const { id } = await world.connect(manager);
  const client = await world.client(manager, id);
  await client.pupPage?.close();
  await world.passed(id, "reconnecting browser_crashed");
  await isBack(world, manager, id);
});

it("a frozen browser does not keep stop waiting, and is gone afterwards", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager(WATCHFUL);
  const { id } = await world.connect(manager);
  const pid = await world.remember(manager, id);
  process.kill(-pid, "SIGSTOP");
  await manager.stop(id, { timeoutMs: 15_000 });
  expect(await sizeOfGroup(pid)).toBe(0);
  expect((await manager.get(id)).status).toBe("stopped");
});

it("a browser that does not start: browser_crashed, and again", async () => {
  await using world = await WebWorld.open();
  const chromiumPath = join(world.directory, "chromium");
  const script = '#!/bin/sh\n[ "$1" = --version ] && echo "Chromium 150.0.0.0" || exit 21\n';
  await writeFile(chromiumPath, script, { mode: 0o755 });
  const manager = world.manager({ chromiumPath });
  const { id } = await manager.create({ provider: "whatsappweb" });
  await manager.start(id);
  await world.passed(id, "reconnecting browser_crashed");
  await manager.stop(id);
});

it("no Chromium: failed, with what to install; with one it starts", async () => {
  await using world = await WebWorld.open();
  const without = world.manager({ chromiumPath: "/nowhere/chromium" });
  const { id } = await without.create({ provider: "whatsappweb" });
  await without.start(id);
  await world.until(without, id, "failed browser_missing");
  const line = world.lines.find(({ message }) => message === "there is no browser for the session");
  expect(line?.context["error"]).toMatchObject({
    code: "BROWSER_MISSING",
    message: expect.stringContaining("install the package chromium-headless-shell"),
  });
  await without.close();
  const manager = world.manager();
  await manager.start(id, { until: "pairing" });
});

it("what is on its way when the browser dies is not sent twice, and its fate is said", async () => {
  await using world = await WebWorld.open();
  const peer = world.phone(2);
  const manager = world.manager();
  const { id } = await world.connect(manager);
  const pid = await world.remember(manager, id);
  world.page().settleSends(false);
  const { id: outboxId } = await manager.send(id, CHAT, { type: "text", text: "once" });
  await peer.waitForText("once");
  process.kill(pid, "SIGKILL");
  await world.passed(id, "reconnecting browser_crashed");
  await isBack(world, manager, id);
  await vi.waitFor(
    async () => {
      const { status } = await manager.message(id, outboxId);
      expect(["sent", "delivered", "unconfirmed"]).toContain(status);
    },
    { timeout: 20_000 },
  );
  expect(peer.received.filter(({ attributes }) => attributes["body"] === "once")).toHaveLength(1);
});
