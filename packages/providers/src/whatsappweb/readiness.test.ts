import { expect, it, vi } from "vitest";
import { WebWorld } from "./fixtures/web-world.ts";

const HASTY = { readyTimeoutMs: 2_000, startTimeoutMs: 8_000, closeTimeoutMs: 1_000 };

it("WhatsApp Web that never loads: unresponsive, the browser is gone", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager({ ...HASTY, startTimeoutMs: 3_000 });
  world.whatsapp.troubleNextPages({ neverLoads: true });
  const { id } = await manager.create({ provider: "whatsappweb" });
  await manager.start(id);
  await world.passed(id, "reconnecting unresponsive");
  world.whatsapp.troubleNextPages({});
  await world.until(manager, id, "pairing");
});

it("WhatsApp Web that never gets ready: unresponsive, and the pairing is kept", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager(HASTY);
  const { id } = await world.connect(manager);
  world.whatsapp.troubleNextPages({ neverSyncs: true });
  await manager.restart(id);
  await world.passed(id, "reconnecting unresponsive");
  world.whatsapp.troubleNextPages({});
  await world.until(manager, id, "connected");
  expect(world.qrs).toHaveLength(1);
});

it("WhatsApp Web that was ready before anybody listened is ready all the same", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager({ pingIntervalMs: 300 });
  const { id } = await world.connect(manager);
  world.whatsapp.troubleNextPages({ syncsTooEarly: true });
  await manager.restart(id);
  await world.until(manager, id, "connected");
});

it("a page that navigates is ready twice, the session once, and every message comes once", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager();
  const { id } = await world.connect(manager);
  const client = await world.client(manager, id);
  const ready = vi.fn();
  client.on("ready", ready);
  world.page().renavigate();
  const received: string[] = [];
  manager.on("message.received", ({ data }) => {
    const { content } = data.message;
    if (content.type === "text") received.push(content.text);
  });
  const peer = world.phone(2);
  for (const text of ["one", "two", "three"]) peer.send("5511900000001", text);
  await vi.waitFor(() => expect(received).toEqual(["one", "two", "three"]), 20_000);
  expect(world.history.get(id)?.filter((entry) => entry === "connected")).toHaveLength(1);
  expect((await manager.get(id)).status).toBe("connected");
});

it("new QR codes are asked for when WhatsApp Web makes none any more", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager();
  const { id } = await world.pairing(manager);
  const page = (await world.client(manager, id)).pupPage;
  await page?.evaluate(`(() => {
    const { Cmd } = window.require("WAWebCmd");
    Cmd.refreshQR = () => { window.refreshed = true; };
  })()`);
  // Again and again: the library listens only some time after it has shown the first code.
  const idle = `(() => {
    const { Socket } = window.require("WAWebSocketModel");
    Socket.set({ state: "UNPAIRED" });
    Socket.set({ state: "UNPAIRED_IDLE" });
    return window.refreshed;
  })()`;
  await vi.waitFor(async () => expect(await page?.evaluate(idle)).toBe(true), 20_000);
  expect((await manager.get(id)).status).toBe("pairing");
});

it.each([
  ["CONFLICT", "failed replaced"],
  ["TOS_BLOCK", "failed banned"],
  ["DEPRECATED_VERSION", "failed version_refused"],
  ["UNPAIRED", "logged_out logged_out"],
] as const)("%s: %s, and the browser is gone", async (state, status) => {
  await using world = await WebWorld.open();
  const manager = world.manager();
  const { id } = await world.connect(manager);
  const pid = await world.remember(manager, id);
  world.page().setState(state);
  await world.until(manager, id, status);
  await world.gone(pid);
});

it.each([
  ["TIMEOUT", "reconnecting connection_lost"],
  ["PROXYBLOCK", "reconnecting connection_refused"],
] as const)("%s: %s, and it comes back", async (state, status) => {
  await using world = await WebWorld.open();
  const manager = world.manager();
  const { id } = await world.connect(manager);
  world.page().setState(state);
  await world.passed(id, status);
  await world.until(manager, id, "connected");
});

it("proves its life: pings, and confirmations of what was sent", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager({ pingIntervalMs: 200 });
  world.phone(2);
  const { id } = await world.connect(manager);
  await manager.send(id, "5511900000002", { type: "text", text: "hi" }, { until: "sent" });
  await vi.waitFor(
    async () => {
      const { evidence, lastSeenAt } = await manager.get(id);
      expect(lastSeenAt).not.toBeNull();
      expect(evidence).toMatchObject({
        lastPingAt: expect.anything(),
        lastAckAt: expect.anything(),
      });
    },
    { timeout: 20_000 },
  );
});
