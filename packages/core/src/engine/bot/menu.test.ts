import { describe, expect, it, vi } from "vitest";
import { fakeContact } from "../../testing/fake/fake-contact.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually } from "../../testing/harness/eventually.ts";
import { World } from "../../testing/harness/world.ts";
import { testBot } from "../../testing/index.ts";
import type { OutboxContent } from "../message/outgoing-content.ts";
import { shownText } from "../message/shown-text.ts";
import { Bot } from "./index.ts";

const tracking: OutboxContent = {
  type: "buttons",
  text: "Anything else?",
  buttons: [{ id: "track", title: "Where is it?" }],
};
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
  it("is the platform's own where it has buttons, and only the last one counts", async () => {
    const capabilities = { menus: "native", outgoing: ["text", "buttons", "list"] } as const;
    await using world = new World(undefined, { capabilities });
    const manager = world.create();
    pizzeria()
      .command("track", (ctx) => ctx.reply(tracking))
      .choice("track", (ctx) => ctx.reply(`on its way: ${ctx.text}`))
      .run(manager, { name: "bot" });
    const { session } = await world.connect(manager);
    const { delivered } = world.platform;
    const say = async (text: string, replies: number) => {
      await session.receive(text);
      await eventually(() => delivered.length === replies);
      return delivered[replies - 1]?.message.content;
    };
    const tap = async (id: string, title: string, replies: number) => {
      const content = { type: "choice", menuMessageId: "m", id, title } as const;
      const sender = fakeContact("5511988887777", "Ana");
      const sentAt = new Date().toISOString();
      const chat = { chatId: sender.id, chatType: "direct", sender, sentAt, quote: null } as const;
      const message = { id: `tap ${replies}`, ...chat, content };
      const data = { message };
      await session.commit({ events: [{ name: "message.received", chatId: sender.id, data }] });
      await eventually(() => delivered.length === replies);
      return delivered[replies - 1]?.message.content;
    };
    const idsOf = (content: OutboxContent | undefined) =>
      content?.type === "buttons" ? content.buttons.map((one) => ("id" in one ? one.id : "")) : [];
    const former = idsOf(await say("/order", 1));
    const last = idsOf(await say("/order", 2));
    expect(last).toHaveLength(2);
    expect(last).not.toEqual(former);
    expect(shownText((await tap(former[0] ?? "", "To my door", 3)) ?? tracking)).toBe("Where to?");
    const reply = await tap(last[1] ?? "", "I pick it up", 4);
    expect(reply).toEqual({ type: "text", text: "delivery:shop (I pick it up)" });
    await say("/track", 5);
    expect(await tap("track", "Where is it?", 6)).toEqual({
      type: "text",
      text: "on its way: Where is it?",
    });
  });

  it("with labels that fit no button is a text, and works all the same", async () => {
    const label = "x".repeat(65);
    const bot = new Bot()
      .command("ask", (ctx) => ctx.choose("?", [{ label, value: "long" }]))
      .choice("long", (ctx) => ctx.reply(ctx.text));
    await using test = testBot(bot);
    const chat = test.chat();
    expect(await chat.say("/ask")).toEqual([`?\n\n1. ${label}`]);
    expect(await chat.say("1")).toEqual(["1"]);
  });

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
