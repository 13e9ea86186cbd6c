import { describe, expect, it } from "vitest";
import { TestBot, testBot } from "../../testing/index.ts";
import { Bot } from "./index.ts";

const GROUP = "5511900000000";

describe("a bot", () => {
  it("takes commands with their arguments, in any case", async () => {
    const bot = new Bot()
      .command("start", (ctx) => ctx.reply("Hello!"))
      .command(["order", "buy"], ({ command, args, reply: _, ...ctx }) => {
        expect(ctx).toBeDefined();
        expect(command).toBe("order");
        expect(args).toEqual(["2", "large pizza", "no onions"]);
      })
      .command("echo", (ctx) => ctx.reply(JSON.stringify(ctx.args)));
    await using test = testBot(bot);
    const chat = test.chat();
    expect(await chat.say("/START")).toEqual(["Hello!"]);
    expect(await chat.say("  /start@orquesta_bot now ")).toEqual(["Hello!"]);
    expect(await chat.say('/Order 2 "large pizza" “no onions”')).toEqual([]);
    expect(await chat.say("/echo")).toEqual(["[]"]);
    expect(await chat.say("/echo\na  b")).toEqual(['["a","b"]']);
    expect(await chat.say("/started")).toEqual([]);
    expect(await chat.say("start")).toEqual([]);
  });

  it("takes commands with another prefix", async () => {
    const bot = new Bot({ prefix: "!" }).command("ping", (ctx) => ctx.reply("pong"));
    await using test = testBot(bot);
    expect(await test.chat().say("/ping")).toEqual([]);
    expect(await test.chat().say("!ping")).toEqual(["pong"]);
  });

  it("hears words, expressions and what a function likes, also one message after the other", async () => {
    const bot = new Bot()
      .hears(["hi", "good morning"], (ctx) => ctx.reply(`you said ${ctx.text}`))
      .hears(/order (?<number>\d+)/gi, (ctx) => ctx.reply(`order ${ctx.match.groups?.["number"]}`))
      .hears(
        (text, { sender }) => text.endsWith("?") && sender.name === "Ana",
        (ctx) => ctx.reply("good question"),
      );
    await using test = testBot(bot);
    const chat = test.chat();
    expect(await chat.say(" Good Morning ")).toEqual(["you said  Good Morning "]);
    expect(await chat.say("where is order 12")).toEqual(["order 12"]);
    expect(await chat.say("order 13")).toEqual(["order 13"]);
    expect(await chat.say("why?")).toEqual(["good question"]);
    expect(await test.chat("5511977778888", { name: "Bia" }).say("why?")).toEqual([]);
    expect(await chat.say("hi there")).toEqual([]);
  });

  it("asks handlers in the order of their registration; one that calls next lets the others have it", async () => {
    const order: string[] = [];
    const bot = new Bot()
      .use(async (_, next) => {
        order.push("outer in");
        await next();
        order.push("outer out");
      })
      .command("help", (_, next) => {
        order.push("help");
        return next();
      })
      .on("text", (ctx) => ctx.reply("text"))
      .on("message", (ctx) => ctx.reply("never"));
    await using test = testBot(bot);
    expect(await test.chat().say("/help")).toEqual(["text"]);
    expect(order).toEqual(["outer in", "help", "outer out"]);
  });

  it("is deaf in groups unless it is told to listen", async () => {
    const answer = (bot: Bot) => bot.on("message", (ctx) => ctx.reply(ctx.chat.type));
    await using shy = testBot(answer(new Bot()));
    expect(await shy.chat(GROUP, { group: true }).say("hi")).toEqual([]);
    await using loud = testBot(answer(new Bot({ chats: ["direct", "group"] })));
    expect(await loud.chat(GROUP, { group: true }).say("hi")).toEqual(["group"]);
  });

  it("sends its replies in the order of the calls, also those that nobody waits for", async () => {
    const bot = new Bot().on("message", (ctx) => {
      for (let n = 0; n < 20; n += 1) void ctx.reply(String(n), { quote: n === 19 });
    });
    await using test = testBot(bot);
    const chat = test.chat();
    expect(await chat.say("count")).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
    expect(chat.replies).toHaveLength(20);
    expect(test.platform.delivered.at(-1)?.message.content).toHaveProperty("quoteMessageId");
  });

  it("fails with what a handler did not wait for", async () => {
    const unsent = new Bot().on("message", (ctx) => void ctx.reply(""));
    await using first = testBot(unsent);
    await expect(first.chat().say("hi")).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    const detached = new Bot()
      .use((_, next) => {
        void next();
      })
      .on("message", async () => {
        await Promise.resolve();
        throw new Error("nobody waits for me");
      });
    await using second = testBot(detached);
    await expect(second.chat().say("hi")).rejects.toThrow("nobody waits for me");
  });

  it("refuses what cannot work when it is written down", async () => {
    expect(() => new Bot({ prefix: " " })).toThrow(/prefix/);
    expect(() => new Bot().command("/start", () => {})).toThrow(/without the prefix/);
    expect(() => new Bot().command("two words", () => {})).toThrow(/one word/);
    const twice = new Bot().use(async (_, next) => {
      await next();
      await next();
    });
    await using test = testBot(twice);
    await expect(test.chat().say("hi")).rejects.toThrow(/next\(\) twice/);
  });

  it("keeps a chat's messages in order while other chats go on", async () => {
    const gate = Promise.withResolvers<void>();
    const bot = new Bot().on("text", async (ctx) => {
      if (ctx.text === "slow") await gate.promise;
      await ctx.reply(ctx.text);
    });
    await using test = testBot(bot);
    const slow = test.chat().say("slow");
    expect(await test.chat("5511977778888").say("fast")).toEqual(["fast"]);
    const next = test.chat().say("next");
    gate.resolve();
    await Promise.all([slow, next]);
    expect(test.chat().replies).toEqual(["slow", "next"]);
  });
});

describe("the error boundary", () => {
  const failing = () =>
    new Bot({ session: () => ({ count: 0 }) }).on("text", async (ctx) => {
      ctx.session.count += 1;
      await ctx.reply(`count ${ctx.session.count}`);
      if (ctx.text === "fail") throw new Error("the kitchen is on fire");
    });

  it("lets the message count as handled, answers beside the handler's replies, and leaves the session", async () => {
    const seen: unknown[] = [];
    const bot = failing().catch((error, ctx) => {
      seen.push(error);
      return ctx.reply("Sorry, that went wrong.");
    });
    await using test = testBot(bot);
    const chat = test.chat();
    expect(await chat.say("one")).toEqual(["count 1"]);
    expect(await chat.say("fail")).toEqual(["count 2", "Sorry, that went wrong."]);
    expect(await chat.say("two")).toEqual(["count 2"]);
    expect(seen).toMatchObject([{ message: "the kitchen is on fire" }]);
  });

  it("throws on by default", async () => {
    await using test = new TestBot(failing());
    await expect(test.chat().say("fail")).rejects.toThrow("the kitchen is on fire");
    expect(await test.chat().say("two")).toEqual(["count 1"]);
  });
});
