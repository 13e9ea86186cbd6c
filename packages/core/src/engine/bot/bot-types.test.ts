import { describe, expect, expectTypeOf, it } from "vitest";
import { Child } from "../../testing/harness/child.ts";
import type { FakeManager } from "../../testing/harness/world.ts";
import { Bot, type BotHost } from "./index.ts";

describe("the types of a bot", () => {
  it("follow from what it is given", () => {
    const bot = new Bot({ session: () => ({ visits: 0, cart: [] as string[] }) });
    bot
      .command("add", (ctx) => {
        expectTypeOf(ctx.args).toEqualTypeOf<readonly string[]>();
        expectTypeOf(ctx.session).toEqualTypeOf<{ visits: number; cart: string[] }>();
        // @ts-expect-error there is no such field in the session
        ctx.session.visit = 1;
      })
      .hears(/(\d+)/, (ctx) => {
        expectTypeOf(ctx.match).toEqualTypeOf<RegExpExecArray>();
      })
      .hears(["hi", /hello/], (ctx) => {
        expectTypeOf(ctx.text).toEqualTypeOf<string>();
        // @ts-expect-error it may have been "hi"
        expectTypeOf(ctx.match).toBeAny();
      })
      .choice("yes", (ctx) => {
        expectTypeOf(ctx.choice.value).toEqualTypeOf<string>();
      })
      .on("text", (ctx) => {
        expectTypeOf(ctx.message.content.text).toEqualTypeOf<string>();
      })
      .on("unsupported", (ctx) => {
        expectTypeOf(ctx.message.content.kind).toEqualTypeOf<string>();
      })
      .on("message", (ctx) => {
        expectTypeOf(ctx.text).toEqualTypeOf<string | null>();
      })
      // @ts-expect-error nothing is called so
      .on("mesage", () => {});
  });

  it("give a bot without a session none", () => {
    new Bot().on("message", (ctx) => {
      expectTypeOf(ctx.session).toEqualTypeOf<undefined>();
    });
  });

  it("let it run on every manager", () => {
    expectTypeOf<FakeManager>().toExtend<BotHost>();
  });
});

describe("the toolkit", () => {
  it("is not loaded with the engine, and does not load it", async () => {
    const script = new URL("../../testing/harness/importing-child.ts", import.meta.url);
    const loadedWith = async (IMPORTED: string) => {
      await using child = new Child(script, { IMPORTED });
      expect(await child.ended).toBe(0);
      return child.lines.join("\n");
    };
    expect(await loadedWith("../../index.ts")).not.toContain("engine/bot/bot.ts");
    const toolkit = await loadedWith("../../engine/bot/index.ts");
    expect(toolkit).toContain("engine/bot/bot.ts");
    for (const name of ["kysely", "better-sqlite3", "zod", "engine/manager"]) {
      expect(toolkit).not.toContain(name);
    }
  });
});
