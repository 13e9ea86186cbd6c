import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { sizeOfGroup, WebWorld } from "./fixtures/web-world.ts";

const CHAT = "5511900000002";

it("pairs by QR code, sends, receives, and resumes without pairing", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager();
  const peer = world.phone(2);
  const { id, account } = await world.connect(manager);
  expect(account).toMatchObject({ id: "5511900000001@s.whatsapp.net", phone: "5511900000001" });
  expect(world.history.get(id)).toEqual(["starting", "pairing", "authenticating", "connected"]);
  const received: string[] = [];
  manager.on("message.received", ({ data }) => {
    const { content } = data.message;
    received.push(content.type === "text" ? content.text : content.type);
  });
  await manager.send(id, CHAT, { type: "text", text: "hi" }, { until: "sent" });
  await peer.waitForText("hi");
  peer.send("5511900000001", "hello");
  await vi.waitFor(() => expect(received).toEqual(["hello"]), 20_000);
  await manager.stop(id);
  await manager.start(id);
  await world.until(manager, id, "connected");
  expect(world.qrs).toHaveLength(1);
  peer.send("5511900000001", "again");
  await vi.waitFor(() => expect(received).toEqual(["hello", "again"]), 20_000);
});

it("stop ends the browser and leaves nothing but the profile, for its owner only", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager();
  const { id } = await world.connect(manager);
  const pid = await world.remember(manager, id);
  expect(await sizeOfGroup(pid)).toBeGreaterThan(2);
  const browser = (await world.client(manager, id)).pupBrowser;
  await manager.stop(id);
  expect(await sizeOfGroup(pid)).toBe(0);
  expect(browser?.connected).toBe(false);
  const [profile = ""] = (await readdir(join(world.profiles, id))).filter(
    (name) => name !== "lock",
  );
  const { mode } = await stat(join(world.profiles, id, profile));
  expect(mode & 0o777).toBe(0o700);
});

it("shows new QR codes as they come, and gives up after so many", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager();
  const { id } = await world.pairing(manager, { qrLimit: 2 });
  world.whatsapp.renewQrCodes();
  await vi.waitFor(() => expect(world.qrs).toHaveLength(2), 20_000);
  expect(new Set(world.qrs).size).toBe(2);
  world.whatsapp.renewQrCodes();
  await world.until(manager, id, "stopped qr_timeout");
  expect(world.qrs).toHaveLength(2);
});

it("pairs by a code that is typed into the phone", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager();
  const phone = world.phone();
  const { id } = await world.pairing(manager);
  const { value } = await manager.pair(id, { phone: "+55 11 90000-0001" });
  phone.enterCode(value);
  await world.until(manager, id, "connected");
  expect(world.codes).toEqual([value]);
  await expect(manager.pair(id, { phone: "5511900000001" })).rejects.toMatchObject({
    code: "CHALLENGE_UNAVAILABLE",
  });
});

it("a pairing code that WhatsApp refuses is an answer, and leaves the session as it is", async () => {
  await using world = await WebWorld.open();
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  onTestFinished(() => void process.off("unhandledRejection", unhandled));
  const manager = world.manager();
  const { id } = await world.pairing(manager);
  await expect(manager.pair(id, { phone: "5511988887777" })).rejects.toMatchObject({
    code: "CHALLENGE_UNAVAILABLE",
    message: expect.stringContaining("bad-request"),
  });
  world.phone().scan(world.qrs.at(-1) ?? "");
  await world.until(manager, id, "connected");
  expect(unhandled).not.toHaveBeenCalled();
});

it("a code cannot be chosen", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager();
  const { id } = await world.pairing(manager);
  const pairing = manager.pair(id, { phone: "5511900000001", code: "ABCD1234" });
  await expect(pairing).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
});

it("logout tells WhatsApp and erases the profile; the next start pairs anew", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager();
  const { id } = await world.connect(manager);
  const [profile = ""] = (await readdir(join(world.profiles, id))).filter(
    (name) => name !== "lock",
  );
  await manager.logout(id);
  expect(existsSync(join(world.profiles, id, profile))).toBe(false);
  expect(world.phone().pages).toHaveLength(0);
  await manager.start(id, { until: "pairing" });
  expect(world.qrs).toHaveLength(2);
});

it("a logout of a stopped instance is not undone by its profile", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager();
  const { id } = await world.connect(manager);
  await manager.stop(id);
  await manager.logout(id);
  expect(await readdir(world.profiles)).toEqual([]);
  await manager.start(id, { until: "pairing" });
  expect(world.qrs).toHaveLength(2);
});

it("an instance that is removed leaves no profile, running or stopped", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager();
  const running = await world.connect(manager);
  const stopped = await world.pairing(manager);
  await manager.stop(stopped.id);
  expect(await readdir(world.profiles)).toHaveLength(2);
  await manager.remove(running.id);
  await manager.remove(stopped.id);
  expect(await readdir(world.profiles)).toEqual([]);
  expect(world.phone().pages).toHaveLength(0);
});

it("the phone unlinks: logged out, the profile is gone, and a new pairing lasts", async () => {
  await using world = await WebWorld.open();
  const manager = world.manager();
  const { id } = await world.connect(manager);
  const pid = await world.remember(manager, id);
  world.phone().unlink();
  await world.until(manager, id, "logged_out");
  await world.gone(pid);
  expect((await readdir(join(world.profiles, id))).filter((name) => name !== "lock")).toEqual([]);
  await manager.start(id, { until: "pairing" });
  world.phone().scan(world.qrs.at(-1) ?? "");
  await world.until(manager, id, "connected");
  await manager.restart(id);
  await world.until(manager, id, "connected");
  expect(world.qrs).toHaveLength(2);
});
