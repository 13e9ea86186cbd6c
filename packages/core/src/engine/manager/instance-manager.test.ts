import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InstanceManager, instanceLimit } from "../../index.ts";
import { FakePlatform } from "../../testing/fake-platform.ts";
import { Child } from "../../testing/harness/child.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { World } from "../../testing/harness/world.ts";

describeEachDatabase("a manager", (createDatabase) => {
  it("lists instances in the order of their creation, by company", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const created: string[] = [];
    for (let n = 0; n < 40; n += 2) {
      const pair = ["even", "odd"].map((companyId) =>
        manager.create({ provider: "fake", companyId }),
      );
      for (const { id } of await Promise.all(pair)) created.push(id);
    }
    expect((await manager.list()).map(({ id }) => id)).toEqual(created);
    expect((await manager.list({ companyId: "odd" })).map(({ id }) => id)).toEqual(
      created.filter((_, n) => n % 2 === 1),
    );
    expect(await manager.list({ companyId: "none" })).toEqual([]);
  });

  it("creates what is ensured once, also when asked many times at once", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const views = await Promise.all(
      Array.from({ length: 10 }, () => manager.ensure({ provider: "fake", name: "one" })),
    );
    expect(new Set(views.map(({ id }) => id)).size).toBe(1);
    expect((await manager.ensure({ provider: "fake", name: "one", companyId: "c" })).id).not.toBe(
      views[0]?.id,
    );
  });

  it("starts what is created so, also when the process ends in the same moment", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id, desired, status } = await manager.create({ provider: "fake", start: true });
    expect({ desired, status }).toEqual({ desired: "running", status: "starting" });
    await manager.start(id, { until: "connected", timeoutMs: 60_000 });
    const idle = await manager.create({ provider: "fake" });
    expect(idle).toMatchObject({ desired: "stopped", status: "created" });
    const last = await manager.create({ provider: "fake", start: true });
    await manager.close();
    const next = await world.open();
    await next.start(last.id, { until: "connected", timeoutMs: 60_000 });
    expect((await next.get(idle.id)).status).toBe("created");
  });

  it("refuses bad input and creates nothing", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open({ admission: instanceLimit(1) });
    const create = (input: object) =>
      manager.create({ provider: "fake", ...input } as { provider: "fake" });
    const cases: [object, string][] = [
      [{ provider: "nobody" }, "PROVIDER_UNKNOWN"],
      [{ name: "" }, "VALIDATION_FAILED"],
      [{ settings: { token: 5 } }, "VALIDATION_FAILED"],
      [{ settings: "text" }, "VALIDATION_FAILED"],
      [{ extra: 1 }, "VALIDATION_FAILED"],
      [{ webhooks: [{ url: "http://169.254.169.254/" }] }, "WEBHOOK_TARGET_REFUSED"],
    ];
    for (const [input, code] of cases) await expect(create(input)).rejects.toMatchObject({ code });
    expect(await world.database.sql("select * from instance")).toEqual([]);
    await create({ companyId: "c" });
    await expect(create({ companyId: "c" })).rejects.toMatchObject({
      code: "INSTANCE_LIMIT_REACHED",
    });
    expect(await world.database.sql("select * from instance_key")).toHaveLength(1);
  });

  it("knows whose an instance key is and counts its uses", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    const { key } = await manager.keys.current(id);
    expect(await manager.keys.authenticate(key)).toBe(id);
    expect(await manager.keys.authenticate(`${key}x`)).toBeNull();
    await eventually(async () => (await manager.keys.current(id)).usageCount === 1);
    await expect(manager.keys.current("nobody")).rejects.toMatchObject({
      code: "INSTANCE_NOT_FOUND",
    });
  });

  it("hands out challenges while an account pairs, and says why there is none", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    const unavailable = (why: RegExp) => ({
      code: "CHALLENGE_UNAVAILABLE",
      message: expect.stringMatching(why),
    });
    await expect(manager.challenge(id)).rejects.toMatchObject(unavailable(/never started/));
    await manager.start(id);
    await expect(manager.challenge(id, { timeoutMs: 10 })).rejects.toMatchObject({
      code: "TIMED_OUT",
    });
    const waiting = manager.challenge(id, { timeoutMs: 60_000 });
    await eventually(() => world.platform.hasSession(id));
    const session = world.platform.session(id);
    session.showQr("first");
    expect(await waiting).toMatchObject({ type: "qr", value: "first" });
    session.showQr("about to expire", 500);
    const next = manager.challenge(id, { timeoutMs: 60_000 });
    session.context.emit({
      name: "pairing.code",
      data: { code: "CODE-1234", expiresAt: new Date(Date.now() + 60_000).toISOString() },
    });
    expect(await next).toMatchObject({ type: "code", value: "CODE-1234" });
    session.connect();
    await eventually(async () => (await manager.get(id)).status === "connected");
    await expect(manager.challenge(id)).rejects.toMatchObject(unavailable(/paired already/));
    session.report({ state: "closed", afterwards: "fail", reason: "banned" });
    await eventually(async () => (await manager.get(id)).status === "failed");
    await manager.logout(id);
    await expect(manager.challenge(id)).rejects.toMatchObject(unavailable(/logged_out/));
    await manager.start(id);
    const other = await manager.create({ provider: "fake" });
    await manager.start(other.id);
    const removed = expect(manager.challenge(other.id)).rejects.toMatchObject({
      code: "INSTANCE_NOT_FOUND",
    });
    await manager.remove(other.id);
    await removed;
    const closing = expect(manager.challenge(id)).rejects.toMatchObject({ code: "MANAGER_CLOSED" });
    await quiet();
    await manager.close();
    await closing;
  });

  it("answers every call after its close with MANAGER_CLOSED", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance } = await world.connect(manager);
    const { id } = instance;
    await Promise.all([manager.close(), manager.close()]);
    await manager.close();
    const text = { type: "text", text: "x" } as const;
    const calls: Record<string, () => Promise<unknown>> = {
      ready: () => manager.ready(),
      create: () => manager.create({ provider: "fake" }),
      ensure: () => manager.ensure({ provider: "fake", name: "x" }),
      get: () => manager.get(id),
      list: () => manager.list(),
      start: () => manager.start(id),
      stop: () => manager.stop(id),
      restart: () => manager.restart(id),
      logout: () => manager.logout(id),
      remove: () => manager.remove(id),
      send: () => manager.send(id, "5511988887777", text),
      message: () => manager.message(id, "x"),
      challenge: () => manager.challenge(id),
      pair: () => manager.pair(id, { phone: "5511999990000" }),
      logs: () => manager.logs(id),
      "keys.current": () => manager.keys.current(id),
      "keys.authenticate": () => manager.keys.authenticate("x"),
      checkHealth: () => manager.checkHealth(),
      native: () => manager.native(id),
    };
    for (const [name, call] of Object.entries(calls)) {
      await expect(call(), name).rejects.toMatchObject({ code: "MANAGER_CLOSED" });
    }
  });

  it("keeps the last lines of a log when it closes", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { instance, session } = await world.connect(manager);
    session.context.logger.warn("nearly over", { reason: "requested" });
    await manager.close();
    const second = await world.open();
    const { lines, total } = await second.logs(instance.id, { tail: 1000 });
    expect(lines.map(({ message }) => message)).toContain("nearly over reason=requested");
    expect(lines).toHaveLength(total);
  });

  it("ends waits with a signal or after a time, and leaves the order standing", async () => {
    await using world = new World(createDatabase(), { connects: false });
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    await expect(manager.start(id, { until: "connected", timeoutMs: 20 })).rejects.toMatchObject({
      code: "TIMED_OUT",
    });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(manager.start(id, { until: "connected", signal })).rejects.toMatchObject({
      code: "ABORTED",
      cause: expect.objectContaining({ message: "enough" }),
    });
    expect((await manager.get(id)).desired).toBe("running");
  });
});

describe("a program that imports @orquesta/core", () => {
  it("ends by itself after close()", async () => {
    await using child = new Child(
      new URL("../../testing/harness/closing-child.ts", import.meta.url),
    );
    const code = await Promise.race([child.ended, eventually(() => false, "its end")]);
    expect(child.errors).toEqual([]);
    expect(child.lines).toEqual(["closed"]);
    expect(code).toBe(0);
  });

  it("loads no library that it does not need, and starts nothing", async () => {
    await using child = new Child(
      new URL("../../testing/harness/importing-child.ts", import.meta.url),
    );
    expect(await child.ended).toBe(0);
    expect(child.lines.at(-1)).toBe("active: []");
    const loaded = child.lines.slice(0, -1).join("\n");
    expect(loaded).toContain("node_modules/kysely");
    for (const name of ["openai", "argon2", "jose", "/pg/", "baileys", "hono", "undici"]) {
      expect(loaded).not.toContain(`${name}`);
    }
  });
});

describe("many managers", () => {
  it("leave no file, listener or timer behind", async () => {
    await using world = new World();
    const cycle = async (n: number) => {
      await using manager = new InstanceManager({
        providers: [new FakePlatform().provider],
        dataDir: world.database.directory,
      });
      const { id } = await manager.ensure({ provider: "fake", name: `cycle ${n % 5}` });
      await manager.start(id, { until: "connected", timeoutMs: 60_000 });
    };
    const files = () => readdirSync("/proc/self/fd").length;
    const timers = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    for (let n = 0; n < 5; n += 1) await cycle(n);
    const before = { files: files(), timers: timers() };
    const signals = process.eventNames().map((name) => process.listenerCount(name));
    for (let n = 0; n < 100; n += 1) await cycle(n);
    expect(files()).toBeLessThanOrEqual(before.files + 1);
    expect(timers()).toBeLessThanOrEqual(before.timers + 1);
    expect(process.eventNames().map((name) => process.listenerCount(name))).toEqual(signals);
  });
});
