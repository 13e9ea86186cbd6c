import { describe, expect, it, vi } from "vitest";
import {
  INSTANCE_STATUSES,
  INSTANCE_TRANSITIONS,
  type InstanceStatus,
  type InstanceView,
  type JournalEvent,
  OrquestaError,
  type SessionChange,
} from "../../index.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { type FakeManager, World } from "../../testing/harness/world.ts";

function statusesOf(manager: FakeManager): string[] {
  const statuses: string[] = [];
  manager.on("instance.status_changed", ({ data }) => {
    statuses.push(data.reason === null ? data.status : `${data.status}(${data.reason})`);
  });
  return statuses;
}

async function until(
  manager: FakeManager,
  id: string,
  status: InstanceStatus,
): Promise<InstanceView> {
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

describeEachDatabase("an instance", (createDatabase) => {
  it("lives: created, started, stopped, restarted, logged out, removed", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const statuses = statusesOf(manager);
    const created = await manager.create({ provider: "fake", name: "one" });
    expect(created).toMatchObject({ status: "created", desired: "stopped", paired: false });
    await manager.start(created.id, { until: "connected", timeoutMs: 60_000 });
    const connected = await manager.get(created.id);
    expect(connected).toMatchObject({ status: "connected", desired: "running", paired: true });
    expect(connected.account?.phone).toBe("5511999990000");
    expect(connected.lastSeenAt).not.toBeNull();

    expect(await manager.stop(created.id)).toMatchObject({ status: "stopped", paired: true });
    expect(world.platform.hasSession(created.id)).toBe(false);
    await manager.restart(created.id);
    await until(manager, created.id, "connected");
    const { session } = { session: world.platform.session(created.id) };
    await session.commit({ keys: [{ type: "creds", id: "1", value: Buffer.from("k") }] });
    expect(await manager.logout(created.id)).toMatchObject({
      status: "logged_out",
      desired: "stopped",
      paired: false,
    });
    expect(world.platform.loggedOut).toEqual([created.id]);
    expect(await world.database.sql("select * from session_key")).toEqual([]);

    const removed: string[] = [];
    manager.on("instance.removed", ({ data }) => removed.push(data.name));
    await manager.remove(created.id);
    expect(removed).toEqual(["one"]);
    await expect(manager.get(created.id)).rejects.toMatchObject({ code: "INSTANCE_NOT_FOUND" });
    await expect(manager.remove(created.id)).rejects.toMatchObject({ code: "INSTANCE_NOT_FOUND" });
    expect(statuses).toEqual([
      "starting",
      "connected",
      "stopped(requested)",
      "starting",
      "connected",
      "logged_out(logged_out)",
    ]);
  });

  it("bears repeated and crossing orders", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    const order = [
      () => manager.start(id),
      () => manager.stop(id),
      () => manager.restart(id),
      () => manager.start(id),
    ];
    for (let round = 0; round < 6; round += 1) {
      const orders = Array.from({ length: 8 }, () => order[Math.floor(Math.random() * 4)]?.());
      await Promise.all([...orders, manager.stop(id)]);
      expect(await manager.get(id)).toMatchObject({ status: "stopped", desired: "stopped" });
      expect(world.platform.hasSession(id)).toBe(false);
      await Promise.all([manager.stop(id), manager.start(id), manager.start(id)]);
      await until(manager, id, "connected");
    }
    const [row] = await world.database.sql("select generation, observed_generation from instance");
    expect(Number(row?.["generation"])).toBeGreaterThanOrEqual(6);
  });

  it("goes on after a restart with what was desired", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const running = await world.connect(manager, { name: "running" });
    const stopped = await world.connect(manager, { name: "stopped" });
    const idle = await manager.create({ provider: "fake", name: "idle" });
    await manager.stop(stopped.instance.id);
    await manager.close();
    expect(world.platform.sessions).toEqual([]);

    const second = await world.open();
    await until(second, running.instance.id, "connected");
    await quiet();
    expect(world.platform.sessions.map(({ instanceId }) => instanceId)).toEqual([
      running.instance.id,
    ]);
    const statuses = (await second.list()).map(({ name, status }) => `${name} ${status}`);
    expect(statuses.toSorted()).toEqual(["idle created", "running connected", "stopped stopped"]);
    expect((await second.get(idle.id)).desired).toBe("stopped");
  });

  it("does not say connected after a process that died while it stopped", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    await manager.close();
    // What a kill between the order and the end of the session leaves behind.
    await world.database.sql(
      "update instance set desired = 'stopped', generation = generation + 1",
    );
    const second = await world.open();
    const view = await until(second, instance.id, "stopped");
    expect(view.desired).toBe("stopped");
    expect(world.platform.hasSession(instance.id)).toBe(false);
  });

  it("finishes a logout that was interrupted, once", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    await session.commit({ keys: [{ type: "creds", id: "1", value: Buffer.from("k") }] });
    await manager.close();
    await world.database.sql("update instance set desired = 'stopped', forget_keys = 1");
    const forgotten: string[] = [];
    const forget = async (id: string) => void forgotten.push(id);
    const second = await world.open({ providers: [{ ...world.platform.provider, forget }] });
    await until(second, instance.id, "logged_out");
    expect(forgotten).toEqual([instance.id]);
    expect(await world.database.sql("select * from session_key")).toEqual([]);
    await second.start(instance.id, { until: "connected", timeoutMs: 60_000 });
    await second.close();
    const third = await world.open();
    await until(third, instance.id, "connected");
  });

  it("that was logged out before its first start keeps what it pairs later", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    await manager.logout(id);
    await manager.start(id, { until: "connected", timeoutMs: 60_000 });
    await manager.close();
    const second = await world.open();
    await until(second, id, "connected");
    await quiet();
    expect(await second.get(id)).toMatchObject({ status: "connected", desired: "running" });
  });

  it.each([
    ["fail", "replaced", "failed"],
    ["fail", "banned", "failed"],
    ["stop", "qr_timeout", "stopped"],
    ["log_out", "logged_out", "logged_out"],
  ] as const)(
    "that ends by itself (%s, %s) stays %s, also after a reboot",
    async (afterwards, reason, status) => {
      await using world = new World(createDatabase());
      const manager = await world.open();
      const { instance, session } = await world.connect(manager);
      session.report({ state: "closed", afterwards, reason });
      expect(await until(manager, instance.id, status)).toMatchObject({ status, reason });
      await expect(
        manager.send(instance.id, "5511988887777", { type: "text", text: "no" }),
      ).rejects.toMatchObject({ code: "INSTANCE_NOT_RUNNING" });
      await manager.close();
      const second = await world.open();
      await quiet();
      expect(await second.get(instance.id)).toMatchObject({ status, reason });
      expect(world.platform.hasSession(instance.id)).toBe(false);
      await second.start(instance.id, { until: "connected", timeoutMs: 60_000 });
    },
  );

  it("opens a new session at once when the platform asks for it", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    const statuses = statusesOf(manager);
    session.report({ state: "closed", afterwards: "restart", reason: "restart_required" });
    await eventually(() => world.platform.sessions.some((one) => one !== session));
    await until(manager, instance.id, "connected");
    expect(statuses).toEqual(["starting", "connected"]);
  });

  it("never leaves the table, whatever its session reports", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    const events: JournalEvent<"instance.status_changed">[] = [];
    manager.on("instance.status_changed", (event) => events.push(event));
    const account = { id: "1", phone: "1", lid: null, jid: null, name: null };
    const reports: SessionChange[] = [
      { state: "pairing" },
      { state: "authenticating" },
      { state: "connected", account },
      { state: "closed", afterwards: "restart", reason: "restart_required" },
      { state: "closed", afterwards: "reconnect", reason: "connection_lost" },
      { state: "closed", afterwards: "fail", reason: "banned" },
      { state: "closed", afterwards: "stop", reason: "qr_timeout" },
      { state: "closed", afterwards: "log_out", reason: "logged_out" },
    ];
    for (let round = 0; round < 60; round += 1) {
      const orders = [manager.start(id), ...(Math.random() < 0.2 ? [manager.stop(id)] : [])];
      for (let step = 0; step < 4; step += 1) {
        const report = reports[Math.floor(Math.random() * reports.length)];
        if (report && world.platform.hasSession(id))
          world.platform.session(id).context.report(report);
        await quiet(Math.floor(Math.random() * 3));
      }
      await Promise.all(orders);
    }
    await manager.stop(id);
    let previous: InstanceStatus = "created";
    for (const { data } of events) {
      expect(data.previous).toBe(previous);
      const followers: readonly InstanceStatus[] = INSTANCE_TRANSITIONS[previous];
      if (data.status !== previous)
        expect(followers, `${previous} → ${data.status}`).toContain(data.status);
      previous = data.status;
    }
    expect(events.length).toBeGreaterThan(30);
    expect((await manager.get(id)).status).toBe(previous);
    const [row] = await world.database.sql("select status from instance");
    expect(row?.["status"]).toBe(previous);
  });

  it("may show a QR again when a pairing that had begun was not finished", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    await manager.start(id);
    await eventually(() => world.platform.hasSession(id));
    world.platform.session(id).showQr("first");
    await until(manager, id, "pairing");
    world.platform.session(id).report({ state: "authenticating" });
    await until(manager, id, "authenticating");
    world.platform.session(id).showQr("second");
    await until(manager, id, "pairing");
    expect(await manager.challenge(id, { timeoutMs: 1000 })).toMatchObject({ value: "second" });
  });
});

describe("a session that misbehaves", () => {
  it("is opened again with growing waits when opening it fails", async () => {
    await withTimers(async () => {
      await using world = new World();
      const manager = await world.open();
      const openedAt: number[] = [];
      world.platform.whileOpening = () => {
        openedAt.push(Date.now());
        if (openedAt.length < 4) throw new Error("the browser crashed");
      };
      const { id } = await manager.create({ provider: "fake" });
      await manager.start(id);
      expect(await until(manager, id, "reconnecting")).toMatchObject({ reason: "crashed" });
      while (openedAt.length < 4) {
        await vi.advanceTimersByTimeAsync(50);
        await quiet(20);
      }
      const waits = openedAt.slice(1).map((at, index) => at - (openedAt[index] ?? 0));
      for (const [index, wait] of waits.entries()) {
        expect(wait).toBeGreaterThanOrEqual(500 * 2 ** index);
        expect(wait).toBeLessThanOrEqual(1000 * 2 ** index + 100);
      }
      await until(manager, id, "connected");
    });
  });

  it("fails for good when it says that there is no hope", async () => {
    await using world = new World();
    const manager = await world.open();
    world.platform.whileOpening = () => {
      throw new OrquestaError("PROVIDER_LIBRARY_MISSING", "not installed");
    };
    const { id } = await manager.create({ provider: "fake" });
    await expect(
      manager.start(id, { until: "connected", timeoutMs: 60_000 }),
    ).rejects.toMatchObject({
      code: "INSTANCE_NOT_RUNNING",
    });
    expect((await manager.get(id)).status).toBe("failed");
    const { lines } = await manager.logs(id);
    expect(lines.map(({ message }) => message).join("\n")).toContain("PROVIDER_LIBRARY_MISSING");
  });

  it("can be stopped while opening never ends, and does not live on when it opens late", async () => {
    await using world = new World();
    const manager = await world.open();
    const gate = Promise.withResolvers<void>();
    world.platform.whileOpening = () => gate.promise;
    const { id } = await manager.create({ provider: "fake" });
    await manager.start(id);
    await quiet();
    expect((await manager.stop(id, { timeoutMs: 2000 })).status).toBe("stopped");
    gate.resolve();
    await quiet();
    expect(world.platform.sessions).toEqual([]);
    expect((await manager.get(id)).status).toBe("stopped");
  });

  it("is given up when opening takes more than a minute", async () => {
    await withTimers(async () => {
      await using world = new World();
      const manager = await world.open();
      world.platform.whileOpening = () => new Promise(() => {});
      const { id } = await manager.create({ provider: "fake" });
      await manager.start(id);
      await quiet();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(await until(manager, id, "reconnecting")).toMatchObject({ reason: "unresponsive" });
    });
  });

  it("is given up when closing takes more than ten seconds", async () => {
    await withTimers(async () => {
      await using world = new World();
      const manager = await world.open();
      const { instance } = await world.connect(manager);
      world.platform.whileClosing = () => new Promise(() => {});
      const stopping = manager.stop(instance.id);
      await quiet();
      expect((await manager.get(instance.id)).status).toBe("connected");
      await vi.advanceTimersByTimeAsync(10_000);
      expect((await stopping).status).toBe("stopped");
    });
  });

  it("that throws while closing is stopped all the same", async () => {
    await using world = new World();
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    world.platform.whileClosing = () => {
      throw new Error("no");
    };
    expect((await manager.stop(instance.id)).status).toBe("stopped");
  });

  it("changes nothing after its end: reports, events and commits of the old session", async () => {
    await using world = new World();
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    await manager.restart(instance.id);
    await until(manager, instance.id, "connected");
    const qrs: unknown[] = [];
    manager.on("pairing.qr", (event) => qrs.push(event));
    session.context.report({ state: "closed", afterwards: "fail", reason: "banned" });
    session.showQr("old");
    await expect(session.receive("late")).rejects.toMatchObject({ code: "SESSION_CLOSED" });
    await quiet();
    expect((await manager.get(instance.id)).status).toBe("connected");
    expect(qrs).toEqual([]);
    expect(session.context.signal.aborted).toBe(true);
    expect(await world.database.sql("select * from event where name = 'message.received'")).toEqual(
      [],
    );
  });

  it("reports only once that it closed", async () => {
    await using world = new World();
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    session.context.report({ state: "closed", afterwards: "stop", reason: "qr_timeout" });
    session.context.report({ state: "closed", afterwards: "fail", reason: "banned" });
    session.context.report({
      state: "connected",
      account: { id: "1", phone: null, lid: null, jid: null, name: null },
    });
    await until(manager, instance.id, "stopped");
    await quiet();
    expect((await manager.get(instance.id)).reason).toBe("qr_timeout");
  });

  it("does not suffer from listeners that throw or reject", async () => {
    await using world = new World();
    const manager = await world.open();
    const heard: string[] = [];
    manager.on("message.received", () => {
      throw new Error("listener");
    });
    manager.on("message.received", async () => {
      throw new Error("async listener");
    });
    const off = manager.on("message.received", ({ data }) => heard.push(data.message.id));
    const { session } = await world.connect(manager);
    const id = await session.receive("hello");
    expect(heard).toEqual([id]);
    off();
    await session.receive("again");
    expect(heard).toEqual([id]);
  });
});

describe("starts", () => {
  it("are staged: never more at once than startConcurrency", async () => {
    await using world = new World();
    const manager = await world.open({ startConcurrency: 3 });
    let opening = 0;
    let most = 0;
    world.platform.whileOpening = async () => {
      opening += 1;
      most = Math.max(most, opening);
      await quiet(5);
      opening -= 1;
    };
    const ids: string[] = [];
    for (let n = 0; n < 20; n += 1) ids.push((await manager.create({ provider: "fake" })).id);
    // Repeated orders do not jump the queue.
    await Promise.all(
      ids.flatMap((id) => [manager.start(id), manager.start(id), manager.start(id)]),
    );
    await Promise.all(ids.map((id) => until(manager, id, "connected")));
    expect(most).toBe(3);
  });

  it("give their place away when they hang", async () => {
    await withTimers(async () => {
      await using world = new World();
      const manager = await world.open({ startConcurrency: 1 });
      const stuck = await manager.create({ provider: "fake", name: "stuck" });
      const free = await manager.create({ provider: "fake", name: "free" });
      world.platform.whileOpening = (session) =>
        session.instanceId === stuck.id ? new Promise(() => {}) : undefined;
      await manager.start(stuck.id);
      await manager.start(free.id);
      await quiet();
      expect((await manager.get(free.id)).status).toBe("starting");
      await vi.advanceTimersByTimeAsync(20_000);
      await until(manager, free.id, "connected");
    });
  });
});

describe("the transition table", () => {
  it("names every status and leads nowhere else", () => {
    expect(Object.keys(INSTANCE_TRANSITIONS).toSorted()).toEqual([...INSTANCE_STATUSES].toSorted());
    for (const followers of Object.values(INSTANCE_TRANSITIONS)) {
      for (const follower of followers) expect(INSTANCE_STATUSES).toContain(follower);
    }
  });
});
