import { expect, it } from "vitest";
import { InstanceManager } from "../../index.ts";
import { FakePlatform } from "../../testing/fake-platform.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually } from "../../testing/harness/eventually.ts";
import { type FakeManager, World } from "../../testing/harness/world.ts";
import { MAX_LOG_LINES } from "./log-query.ts";

/** An instance with lines of ours, besides those of the engine. */
async function createLogging(world: World, manager: FakeManager) {
  const { instance, session } = await world.connect(manager);
  const { logger } = session.context;
  const messages = async (query: Parameters<FakeManager["logs"]>[1]) => {
    const { lines } = await manager.logs(instance.id, query);
    return lines.map(({ message }) => message);
  };
  return { id: instance.id, logger, messages };
}

describeEachDatabase("the log of an instance", (createDatabase) => {
  it("S2-12 shows a line the moment it was written, the last ones oldest first", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id, logger, messages } = await createLogging(world, manager);
    const before = (await manager.logs(id)).total;
    for (let n = 0; n < 20; n += 1) {
      logger.info(`line ${n}`);
      // Not awaited: the next reader comes while this one's lines are still on their way.
      void manager.logs(id);
      expect(await messages({ tail: 1 })).toEqual([`line ${n}`]);
    }
    expect(await messages({ tail: 3 })).toEqual(["line 17", "line 18", "line 19"]);
    expect((await manager.logs(id, { tail: 3 })).total).toBe(before + 20);
  });

  it("S2-12 C-26 gives a level and those above it", async () => {
    await using world = new World(createDatabase());
    const { logger, messages } = await createLogging(world, await world.open());
    logger.debug("a detail");
    logger.info("a fact");
    logger.warn("a worry");
    logger.error("a failure");
    expect(await messages({ level: "warn" })).toEqual(["a worry", "a failure"]);
    expect(await messages({ level: "error" })).toEqual(["a failure"]);
    const all = await messages({ level: "debug" });
    expect(all.slice(-3)).toEqual(["a fact", "a worry", "a failure"]);
    expect(await messages({ level: "info" })).toEqual(all);
  });

  it("S2-12 finds text in upper and lower case, and takes no sign for a pattern", async () => {
    await using world = new World(createDatabase());
    const { logger, messages } = await createLogging(world, await world.open());
    for (const line of [
      "100% done",
      "100 done",
      "a_b",
      "axb",
      "back\\slash",
      "SÃO Paulo",
      "it's",
    ]) {
      logger.info(line);
    }
    expect(await messages({ search: "100%" })).toEqual(["100% done"]);
    expect(await messages({ search: "A_B" })).toEqual(["a_b"]);
    expect(await messages({ search: "\\S" })).toEqual(["back\\slash"]);
    expect(await messages({ search: "são paulo" })).toEqual(["SÃO Paulo"]);
    expect(await messages({ search: "it's" })).toEqual(["it's"]);
    expect(await messages({ search: "' or 1=1 --" })).toEqual([]);
  });

  it("S2-12 finds lines by the part that wrote them, and all of it together", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id, logger, messages } = await createLogging(world, manager);
    const part = logger.child({ source: "part" });
    for (let n = 0; n < 30; n += 1) part[n % 2 === 0 ? "info" : "warn"](`step ${n}`);
    logger.warn("step elsewhere");
    const query = { source: "part", level: "warn", search: "STEP", tail: 2 } as const;
    expect(await messages(query)).toEqual(["step 27", "step 29"]);
    expect((await manager.logs(id, query)).total).toBe(15);
    expect((await manager.logs(id, { source: "part" })).total).toBe(30);
    expect(await messages({ source: "par" })).toEqual([]);
  });

  it("S2-12 finds lines between two times, both included", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id, logger, messages } = await createLogging(world, manager);
    for (const line of ["one", "two", "three"]) logger.info(line, { code: "T" });
    await manager.logs(id);
    for (const [line, at] of [
      ["one", 1000],
      ["two", 2000],
      ["three", 3000],
    ] as const) {
      const change = "update instance_log set at = ? where message = ?";
      await world.database.sql(change, at, `${line} code=T`);
    }
    const between = (from: number, to: number) =>
      messages({ from: new Date(from), to: new Date(to) });
    expect(await between(1000, 2000)).toEqual(["one code=T", "two code=T"]);
    expect(await between(1001, 2999)).toEqual(["two code=T"]);
    expect(await messages({ to: new Date(1000) })).toEqual(["one code=T"]);
  });

  it("S2-12 searches long logs to their end", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open({ logLines: MAX_LOG_LINES });
    const { id, logger } = await createLogging(world, manager);
    for (let n = 0; n < 3500; n += 1) {
      logger.info(n % 1000 === 0 ? `needle ${n}` : `hay ${n}`);
      if (n % 500 === 0) await manager.logs(id);
    }
    const { lines, total } = await manager.logs(id, { search: "NEEDLE", tail: 3 });
    expect(lines.map(({ message }) => message)).toEqual([
      "needle 1000",
      "needle 2000",
      "needle 3000",
    ]);
    expect(total).toBe(4);
  });

  it("keeps as many lines as it was told, also over processes that log little", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open({ logLines: 10 });
    const { id, logger } = await createLogging(world, manager);
    for (let n = 0; n < 220; n += 1) logger.info(`line ${n}`);
    expect((await manager.logs(id)).total).toBeLessThan(220);
    for (let n = 0; n < 150; n += 1) logger.info(`more ${n}`);
    await manager.logs(id);
    await manager.close();
    // It logs that it connects, which is far from a reason to prune by itself.
    const next = await world.open({ logLines: 10 });
    await eventually(async () => (await next.logs(id)).total < 50);
  });

  it("refuses what is no query", async () => {
    await using world = new World(createDatabase());
    const manager = await world.open();
    const { id } = await manager.create({ provider: "fake" });
    for (const query of [
      { tail: 0 },
      { tail: MAX_LOG_LINES + 1 },
      { tail: 1.5 },
      { search: "" },
      { search: "x".repeat(201) },
      { source: "" },
      { from: new Date("nothing") },
      { from: new Date(2), to: new Date(1) },
    ]) {
      await expect(manager.logs(id, query)).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    }
  });
});

it.each([0, -1, 1.5, MAX_LOG_LINES + 1])("refuses to keep %s lines", (logLines) => {
  const { provider } = new FakePlatform();
  expect(() => new InstanceManager({ providers: [provider], logLines })).toThrow(/logLines/);
});
