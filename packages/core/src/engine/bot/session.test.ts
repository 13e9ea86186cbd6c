import { describe, expect, it } from "vitest";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually } from "../../testing/harness/eventually.ts";
import { RecordingLogger } from "../../testing/harness/recording-logger.ts";
import { type FakeManager, World } from "../../testing/harness/world.ts";
import { testBot } from "../../testing/index.ts";
import { shownText } from "../message/shown-text.ts";
import { Bot } from "./index.ts";

const counting = () =>
  new Bot({ session: () => ({ count: 0 }) }).on("text", (ctx) => {
    ctx.session.count += 1;
    return ctx.reply(`${ctx.chat.id} ${ctx.session.count}`);
  });

function textsOf(world: World): string[] {
  return world.platform.delivered.map(({ message }) => shownText(message.content) ?? "");
}

async function instanceOf(world: World, manager: FakeManager): Promise<string> {
  const [instance] = await manager.list();
  const id = instance?.id ?? "";
  await eventually(() => world.platform.hasSession(id));
  return id;
}

describeEachDatabase("the session of a bot", (createDatabase) => {
  it("belongs to one chat of one instance and one bot, and outlives the process", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    counting().run(manager, { name: "first" });
    const { session } = await world.connect(manager);
    for (const chatId of ["11111", "22222", "11111"]) await session.receive("hi", { chatId });
    const other = await world.connect(manager);
    await other.session.receive("hi", { chatId: "11111" });
    await eventually(() => world.platform.delivered.length === 4);
    expect(textsOf(world).toSorted()).toEqual(["11111 1", "11111 1", "11111 2", "22222 1"]);
    await manager.close();

    world.platform.delivered.length = 0;
    const second = world.create();
    counting().run(second, { name: "first" });
    counting().run(second, { name: "second" });
    const id = await instanceOf(world, second);
    await world.platform.session(id).receive("hi", { chatId: "11111" });
    await eventually(() => world.platform.delivered.length === 2);
    expect(textsOf(world).toSorted()).toEqual(["11111 1", "11111 3"]);
  });

  it("counts every message of a flood, in order", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    counting().run(manager, { name: "bot" });
    const { session } = await world.connect(manager);
    await Promise.all(Array.from({ length: 60 }, () => session.receive("hi", { chatId: "11111" })));
    await eventually(() => world.platform.delivered.length === 60);
    expect(textsOf(world)).toEqual(Array.from({ length: 60 }, (_, n) => `11111 ${n + 1}`));
  });

  it("goes with its instance", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    counting().run(manager, { name: "bot" });
    const { session, instance } = await world.connect(manager);
    await session.receive("hi");
    const rows = () => world.database.sql("select * from bot_session");
    await eventually(async () => (await rows()).length === 1);
    await manager.remove(instance.id);
    expect(await rows()).toEqual([]);
  });

  it("is not overwritten by a run that took too long", async () => {
    await using world = new World(createDatabase());
    const late = Promise.withResolvers<void>();
    const outcomes: unknown[] = [];
    let runs = 0;
    const bot = new Bot({ session: () => ({ by: "" }) }).on("text", async (ctx) => {
      runs += 1;
      const run = runs;
      if (run === 1) await late.promise;
      ctx.session.by = `run ${run}`;
      await ctx.reply(`run ${run}`).catch((error: unknown) => outcomes.push(error));
    });
    const manager = world.create();
    bot.run(manager, { name: "bot", timeoutMs: 100, backoffMs: [1] });
    const { session } = await world.connect(manager);
    await session.receive("hi");
    await eventually(() => world.platform.delivered.length === 1);
    late.resolve();
    await eventually(() => outcomes.length === 1);
    expect(textsOf(world)).toEqual(["run 2"]);
    const [row] = await world.database.sql("select value from bot_session");
    expect(String(row?.["value"])).toContain("run 2");
  });
});

describe("the session of a bot", () => {
  it("may be replaced, and has the defaults of today in chats of yesterday", async () => {
    await using world = new World();
    const manager = world.create();
    const old = new Bot({ session: () => ({ name: "nobody" }) }).on("text", (ctx) => {
      ctx.session = { name: ctx.text };
    });
    old.run(manager, { name: "bot" });
    const { session } = await world.connect(manager);
    await session.receive("Ana");
    await eventually(async () => (await world.database.sql("select * from bot_session")).length);
    await manager.close();

    const second = world.create();
    new Bot({ session: () => ({ name: "nobody", visits: 0 }) })
      .on("text", (ctx) => ctx.reply(`${ctx.session.name} ${ctx.session.visits}`))
      .run(second, { name: "bot" });
    const id = await instanceOf(world, second);
    await world.platform.session(id).receive("hi");
    await eventually(() => world.platform.delivered.length === 1);
    expect(textsOf(world)).toEqual(["Ana 0"]);
  });

  it("that is too large, or no JSON, fails the message and leaves what was there", async () => {
    const bot = new Bot({ session: (): { data: unknown } => ({ data: "" }) })
      .hears("large", (ctx) => {
        ctx.session.data = "x".repeat(70_000);
      })
      .hears("circular", (ctx) => {
        ctx.session.data = ctx.session;
      })
      .hears("fits", (ctx) => {
        ctx.session.data = "x".repeat(60_000);
      })
      .on("text", (ctx) => ctx.reply(String(String(ctx.session.data).length)));
    await using test = testBot(bot);
    const chat = test.chat();
    await chat.say("fits");
    await expect(chat.say("large")).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    await expect(chat.say("circular")).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    expect(await chat.say("how long?")).toEqual(["60000"]);
  });

  it("costs no row as long as nothing is remembered", async () => {
    await using world = new World();
    const manager = world.create();
    new Bot().on("text", (ctx) => ctx.reply("hi")).run(manager, { name: "bot" });
    const { session } = await world.connect(manager);
    await session.receive("hi");
    await eventually(() => world.platform.delivered.length === 1);
    expect(await world.database.sql("select * from bot_session")).toEqual([]);
  });
});

describe("a bot that fails", () => {
  it("is logged without what was said and by whom, tried again, and the chat goes on", async () => {
    await using world = new World();
    const logger = new RecordingLogger();
    const manager = world.create({ logger });
    let runs = 0;
    const bot = new Bot().on("text", async (ctx) => {
      if (ctx.text !== "secret words") return ctx.reply("fine");
      runs += 1;
      throw new Error("the kitchen is on fire");
    });
    bot.run(manager, { name: "bot", backoffMs: [1, 1] });
    const { session, instance } = await world.connect(manager);
    await session.receive("secret words", { chatId: "5511912345678" });
    await session.receive("hello", { chatId: "5511912345678" });
    await eventually(() => world.platform.delivered.length === 1);
    expect(runs).toBe(3);
    expect(logger.text).toContain("the kitchen is on fire");
    expect(logger.text).toContain(instance.id);
    expect(logger.text).not.toContain("secret words");
    expect(logger.text).not.toContain("5511912345678");
  });

  it("says each reply once, in the words of the first run", async () => {
    await using world = new World();
    const manager = world.create();
    let runs = 0;
    const bot = new Bot().on("text", async (ctx) => {
      runs += 1;
      const { id } = await ctx.reply(`run ${runs}`);
      await ctx.reply(`named by run ${runs}`, { key: `run ${runs}` });
      if (runs < 3) throw new Error("again");
      await ctx.reply(`done, ${id === (await manager.message(ctx.instanceId, id)).id}`);
    });
    bot.run(manager, { name: "bot", backoffMs: [1, 1] });
    const { session } = await world.connect(manager);
    await session.receive("hi");
    await eventually(() => world.platform.delivered.length === 5);
    expect(textsOf(world)).toEqual([
      "run 1",
      "named by run 1",
      "named by run 2",
      "named by run 3",
      "done, true",
    ]);
  });

  it("hears only the instances that it is given", async () => {
    await using world = new World();
    const manager = await world.open();
    const [mine, other] = [await world.connect(manager), await world.connect(manager)];
    const bot = new Bot().on("text", (ctx) => ctx.reply("hi"));
    bot.run(manager, { name: "bot", instances: [mine.instance.id] });
    await other.session.receive("hi");
    await mine.session.receive("hi");
    await eventually(() => world.platform.delivered.length === 1);
    expect(world.platform.delivered[0]?.instanceId).toBe(mine.instance.id);
    expect(
      await world.database.sql("select * from task where instance_id = ?", other.instance.id),
    ).toEqual([]);
  });
});
