import { describe, expect, it, vi } from "vitest";
import { InstanceManager, type InstanceStatus } from "../../index.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { type FakeManager, World } from "../../testing/harness/world.ts";

async function until(manager: FakeManager, id: string, status: InstanceStatus) {
  return eventually(async () => {
    const view = await manager.get(id);
    return view.status === status && view;
  }, status);
}

/** Runs with timers that the test moves; the engine's turns and its SQL go on in real time. */
async function withTimers(work: () => Promise<void>): Promise<void> {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
  });
  try {
    await work();
  } finally {
    vi.useRealTimers();
  }
}

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1000) {
    await vi.advanceTimersByTimeAsync(1000);
    await quiet(2);
  }
}

describe("pain 6: the watchdog", () => {
  it("replaces a connected session that has gone silent, and shows it as reconnecting", async () => {
    await withTimers(async () => {
      await using world = new World();
      const manager = await world.open();
      const { instance, session } = await world.connect(manager);
      const other = await world.connect(manager);
      session.goSilent();
      await pass(55_000);
      expect((await manager.get(instance.id)).status).toBe("connected");
      world.platform.whileClosing = () => new Promise(() => {});
      await pass(11_000);
      // Not connected any more, although the dead session takes its ten seconds to close.
      expect(await manager.get(instance.id)).toMatchObject({
        status: "reconnecting",
        reason: "unresponsive",
      });
      world.platform.whileClosing = () => {};
      await pass(12_000);
      await until(manager, instance.id, "connected");
      expect(world.platform.session(instance.id)).not.toBe(session);
      expect(world.platform.session(other.instance.id)).toBe(other.session);
    });
  });

  it("replaces a session that gets nowhere, but not one that shows a QR", async () => {
    await withTimers(async () => {
      await using world = new World(undefined, { connects: false });
      const manager = await world.open({ watchdog: { maxStartMs: 30_000 } });
      const mute = await manager.create({ provider: "fake", name: "mute" });
      const pairing = await manager.create({ provider: "fake", name: "pairing" });
      await manager.start(mute.id);
      await manager.start(pairing.id);
      await eventually(() => world.platform.sessions.length === 2);
      const shown = world.platform.session(pairing.id);
      shown.showQr("qr", 600_000);
      const first = world.platform.session(mute.id);
      await pass(36_000);
      expect(await manager.get(mute.id)).toMatchObject({ reason: "unresponsive" });
      await pass(2_000);
      await eventually(() => world.platform.hasSession(mute.id));
      expect(world.platform.session(mute.id)).not.toBe(first);
      expect(world.platform.session(pairing.id)).toBe(shown);
    });
  });

  it("takes the option before what the provider declares, and null for 'cannot tell'", async () => {
    await withTimers(async () => {
      await using world = new World(undefined, { capabilities: { maxSilenceMs: null } });
      const manager = await world.open();
      const { instance, session } = await world.connect(manager);
      session.goSilent();
      await pass(300_000);
      expect((await manager.get(instance.id)).status).toBe("connected");
      await manager.close();

      await using impatient = new World();
      const second = await impatient.open({ watchdog: { maxSilenceMs: 10_000 } });
      const reasons: unknown[] = [];
      second.on("instance.status_changed", ({ data }) => reasons.push(data.reason));
      const connected = await impatient.connect(second);
      connected.session.goSilent();
      await pass(16_000);
      expect(reasons).toContain("unresponsive");
    });
  });

  it("believes a session whose node slept, until there was time to read what had arrived", async () => {
    await withTimers(async () => {
      await using world = new World();
      const manager = await world.open();
      const { instance, session } = await world.connect(manager);
      session.goSilent();
      await pass(5_000);
      // Ten minutes without a turn of the event loop.
      vi.setSystemTime(Date.now() + 600_000);
      await vi.advanceTimersByTimeAsync(5_000);
      expect((await manager.get(instance.id)).status).toBe("connected");
      await vi.advanceTimersByTimeAsync(5_000);
      await until(manager, instance.id, "reconnecting");
    });
  });

  it("has one timer for all sessions and none without any", async () => {
    await withTimers(async () => {
      await using world = new World();
      const manager = await world.open();
      const before = vi.getTimerCount();
      const ids: string[] = [];
      for (let n = 0; n < 20; n += 1) ids.push((await world.connect(manager)).instance.id);
      await quiet();
      const connected = vi.getTimerCount();
      for (const id of ids) await manager.stop(id);
      await quiet();
      expect(connected - vi.getTimerCount()).toBe(1);
      expect(vi.getTimerCount()).toBeLessThanOrEqual(before + 1);
    });
  });

  it.each([{ maxSilenceMs: 0 }, { maxStartMs: Number.NaN }, { maxSilenceMs: -5 }])(
    "refuses %o",
    async (watchdog) => {
      await using world = new World();
      expect(() => new InstanceManager({ providers: [world.platform.provider], watchdog })).toThrow(
        expect.objectContaining({ code: "CONFIGURATION_INVALID" }),
      );
    },
  );
});

it("the view shows what proves that a session is alive", async () => {
  await using world = new World();
  const manager = await world.open();
  const { instance } = await world.connect(manager);
  expect(instance.evidence).toMatchObject({ pingRoundTripMs: 0, lastAckAt: null });
  const content = { type: "text", text: "hi" } as const;
  await manager.send(instance.id, "5511988887777", content, { until: "sent" });
  const { evidence, lastSeenAt } = await manager.get(instance.id);
  expect(Date.now() - Date.parse(evidence?.lastAckAt ?? "")).toBeLessThan(60_000);
  expect(Date.now() - Date.parse(lastSeenAt ?? "")).toBeLessThan(60_000);
  expect(await manager.stop(instance.id)).toMatchObject({ lastSeenAt: null, evidence: null });
});
