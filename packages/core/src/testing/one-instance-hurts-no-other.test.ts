import { expect, it, vi } from "vitest";
import type { Provider, Session, SessionChange, SessionContext } from "../index.ts";
import { InstanceManager } from "../index.ts";
import { FakePlatform } from "./fake-platform.ts";
import { eventually, quiet } from "./harness/eventually.ts";
import { World } from "./harness/world.ts";

const boom = (): never => {
  throw new Error("boom");
};

/** A session of which every part throws. */
class ThrowingSession implements Session {
  get native(): unknown {
    return boom();
  }

  evidence(): never {
    return boom();
  }

  send(): never {
    return boom();
  }

  close(): never {
    return boom();
  }
}

/** A platform whose instances named "bad …" get a provider that throws everywhere. */
function createManager(reports: (context: SessionContext<unknown>) => void) {
  const platform = new FakePlatform();
  const provider: Provider = platform.provider;
  const manager = new InstanceManager({
    providers: [
      {
        ...provider,
        async open(context) {
          const { name } = await manager.get(context.instanceId);
          if (!name.startsWith("bad")) return provider.open(context);
          reports(context);
          return new ThrowingSession();
        },
      },
    ],
    watchdog: { maxSilenceMs: 1000, maxStartMs: 1000 },
  });
  return { manager, platform };
}

const account = { id: "1", phone: "1", lid: null, jid: null, name: null };
const connected: SessionChange = { state: "connected", account };

it("pain 19: a provider that throws everywhere hurts nobody else", async () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => unhandled.push(error);
  process.on("unhandledRejection", onUnhandled);
  const { manager, platform } = createManager((context) => {
    context.report(connected);
    // What no provider should say.
    context.report({ state: "unheard of" } as unknown as SessionChange);
    context.commit({ events: [{ name: "no such event" } as never] }).catch(() => {});
    context.commit({ keys: [{ type: "t", id: "1", value: "text" as never }] }).catch(() => {});
    context.emit({ name: "pairing.qr", data: null as never });
  });
  try {
    const good = await manager.create({ provider: "fake", name: "good" });
    await manager.start(good.id, { until: "connected", timeoutMs: 60_000 });
    const bad: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const { id } = await manager.create({ provider: "fake", name: `bad ${n}` });
      bad.push(id);
      await manager.start(id);
    }
    await eventually(async () => (await manager.get(bad[4] ?? "")).status !== "created");
    await quiet();
    for (const id of bad) {
      const content = { type: "text", text: "x" } as const;
      await manager.send(id, "5511988887777", content).catch(() => {});
      await manager.native(id).catch(() => {});
    }
    // Everybody can still be listed, and the good one works.
    expect(await manager.list()).toHaveLength(6);
    const content = { type: "text", text: "still here" } as const;
    await manager.send(good.id, "5511988887777", content, { until: "sent", timeoutMs: 60_000 });
    expect(platform.delivered.map(({ instanceId }) => instanceId)).toEqual([good.id]);
    await platform.session(good.id).receive("hello");
    expect((await manager.get(good.id)).status).toBe("connected");
    for (const id of bad) {
      await manager.restart(id);
      expect((await manager.stop(id)).status).toBe("stopped");
      await manager.remove(id);
    }
    expect((await manager.list()).map(({ name }) => name)).toEqual(["good"]);
  } finally {
    await manager.close();
    await quiet();
    process.off("unhandledRejection", onUnhandled);
  }
  expect(unhandled).toEqual([]);
});

it("pain 7: what was lost together comes back alone, not together, and more slowly each time", async () => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
  });
  try {
    await using world = new World();
    const manager = await world.open();
    for (let n = 0; n < 20; n += 1) await world.connect(manager);
    const backAt: number[] = [];
    world.platform.whileOpening = () => void backAt.push(Date.now());
    const lostAt = Date.now();
    for (const session of [...world.platform.sessions]) {
      session.report({ state: "closed", afterwards: "reconnect", reason: "connection_lost" });
    }
    await quiet();
    for (let ms = 0; ms < 1100; ms += 10) {
      await vi.advanceTimersByTimeAsync(10);
      await quiet(3);
    }
    await eventually(async () =>
      (await manager.list()).every(({ status }) => status === "connected"),
    );
    expect(backAt).toHaveLength(20);
    const waits = backAt.map((at) => at - lostAt);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(490);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1100);
    // Spread over the half second, not all in one moment.
    expect(new Set(waits).size).toBeGreaterThan(5);
    expect(world.platform.sessions).toHaveLength(20);
  } finally {
    vi.useRealTimers();
  }
});
