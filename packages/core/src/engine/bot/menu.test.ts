import { describe, expect, it, vi } from "vitest";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually } from "../../testing/harness/eventually.ts";
import { World } from "../../testing/harness/world.ts";
import { testBot } from "../../testing/index.ts";
import { shownText } from "../message/shown-text.ts";
import { Bot } from "./index.ts";

const QUESTION = "Where to?\n\n1. To my door\n2. I pick it up";

const pizzeria = () =>
  new Bot()
    .command("order", (ctx) =>
      ctx.choose("Where to?", [
        { label: "To my door", value: "delivery:door" },
        { label: "I pick it up", value: "delivery:shop" },
      ]),
    )
    .command("cancel", (ctx) => ctx.reply("as you like"))
    .choice(/^delivery:(.+)/, (ctx) => ctx.reply(`${ctx.choice.value} (${ctx.choice.label})`));

describeEachDatabase("a menu", (createDatabase) => {
  it("gets its answer after a restart", async () => {
    await using world = new World(createDatabase());
    const manager = world.create();
    pizzeria().run(manager, { name: "bot" });
    const { session, instance } = await world.connect(manager);
    await session.receive("/order");
    await eventually(() => world.platform.delivered.length === 1);
    await manager.close();

    const second = world.create();
    pizzeria().run(second, { name: "bot" });
    await eventually(() => world.platform.hasSession(instance.id));
    await world.platform.session(instance.id).receive("2");
    await eventually(() => world.platform.delivered.length === 2);
    const texts = world.platform.delivered.map(({ message }) => shownText(message.content));
    expect(texts).toEqual([QUESTION, "delivery:shop (I pick it up)"]);
  });
});

describe("a menu", () => {
  it.each(["2", " 2. ", "2)", "i pick it UP"])("takes %j for its second choice", async (answer) => {
    await using test = testBot(pizzeria());
    const chat = test.chat();
    expect(await chat.say("/order")).toEqual([QUESTION]);
    expect(await chat.say(answer)).toEqual(["delivery:shop (I pick it up)"]);
    expect(await chat.say(answer)).toEqual([]);
  });

  it("is not closed by what other handlers take", async () => {
    await using test = testBot(pizzeria());
    const chat = test.chat();
    await chat.say("/order");
    expect(await chat.say("/cancel")).toEqual(["as you like"]);
    expect(await chat.say("1")).toEqual(["delivery:door (To my door)"]);
  });

  it("asks again twice when nobody understands, then gives in", async () => {
    await using test = testBot(pizzeria());
    const chat = test.chat();
    await chat.say("/order");
    expect(await chat.say("3")).toEqual([QUESTION]);
    expect(await chat.say("0")).toEqual([QUESTION]);
    expect(await chat.say("12345")).toEqual([]);
    expect(await chat.say("1")).toEqual([]);
  });

  it("belongs to one chat, and the last one counts", async () => {
    const bot = pizzeria().command("size", (ctx) => ctx.choose("Size?", [{ label: "L" }]));
    bot.choice("L", (ctx) => ctx.reply("large"));
    await using test = testBot(bot);
    const chat = test.chat();
    await chat.say("/order");
    expect(await test.chat("5511977778888").say("1")).toEqual([]);
    await chat.say("/size");
    expect(await chat.say("1")).toEqual(["large"]);
  });

  it("answers are no commands and no words for others", async () => {
    const bot = new Bot()
      .hears("1", (ctx) => ctx.reply("one"))
      .command("ask", (ctx) => ctx.choose("?", [{ label: "/ask", value: "a" }]))
      .choice(["a", "b"], (ctx) => ctx.reply(`chose ${ctx.choice.value}`))
      .on("message", (ctx) => ctx.reply("what?"));
    await using test = testBot(bot);
    const chat = test.chat();
    expect(await chat.say("1")).toEqual(["one"]);
    await chat.say("/ask");
    expect(await chat.say("1")).toEqual(["chose a"]);
    await chat.say("/ask");
    expect(await chat.say("/ask")).toEqual(["chose a"]);
    expect(await chat.say("2")).toEqual(["what?"]);
  });

  it("expires", async () => {
    const bot = new Bot()
      .command("ask", (ctx) => ctx.choose("?", [{ label: "yes" }], { validMs: 60_000 }))
      .choice("yes", (ctx) => ctx.reply("yes!"));
    await using test = testBot(bot);
    const chat = test.chat();
    await chat.say("/ask");
    const now = Date.now();
    vi.spyOn(Date, "now").mockImplementation(() => now + 60_001);
    expect(await chat.say("yes")).toEqual([]);
  });

  it("that nobody could answer is refused, and nothing is asked", async () => {
    const menus = {
      empty: [],
      nameless: [{ label: " " }],
      endless: Array(31).fill({ label: "x" }),
    };
    for (const choices of Object.values(menus)) {
      const bot = new Bot().on("text", (ctx) => ctx.choose("?", choices));
      await using test = testBot(bot);
      await expect(test.chat().say("hi")).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
      expect(test.chat().replies).toEqual([]);
    }
  });
});
