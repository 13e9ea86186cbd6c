import { expect, it } from "vitest";
import { Child } from "../../testing/harness/child.ts";
import { describeEachDatabase } from "../../testing/harness/each-database.ts";
import { eventually, quiet } from "../../testing/harness/eventually.ts";
import { World } from "../../testing/harness/world.ts";
import { shownText } from "../message/shown-text.ts";
import { Bot } from "./index.ts";

const SCRIPT = new URL("../../testing/harness/crashing-bot-child.ts", import.meta.url);

/** Kills a bot in the middle of its first message, and lets another process go on. */
async function killAt(MOMENT: string, world: World) {
  const { schema } = world.database.dialect();
  await using child = new Child(SCRIPT, {
    MOMENT,
    DIRECTORY: world.database.directory,
    ...(schema !== null && { SCHEMA: schema, POSTGRES_URL: world.database.url ?? "" }),
  });
  await eventually(() => child.lines.includes("stuck"), `a bot that is stuck: ${child.errors}`);
  await child.kill();

  const handled: string[] = [];
  const manager = world.create();
  new Bot({ session: () => ({ count: 0 }) })
    .on("text", async (ctx) => {
      handled.push(`${ctx.text} ${ctx.repeat}`);
      ctx.session.count += 1;
      await ctx.reply(`count ${ctx.session.count}`);
      await ctx.reply(`done ${ctx.session.count}`);
    })
    .run(manager, { name: "bot" });
  await manager.ready();
  const id = (await manager.list())[0]?.id ?? "";
  await eventually(() => world.platform.hasSession(id));
  await world.platform.session(id).receive("again");
  const sent = () =>
    world.platform.delivered.map(({ message }) => `arrived ${shownText(message.content)}`);
  await eventually(() => sent().includes("arrived done 2"));
  await quiet();
  // What was on its way at the kill is sent again under its id, which a phone shows once.
  const arrived = [...new Set([...child.lines, ...sent()])].filter((line) => line !== "stuck");
  const rows = await world.database.sql("select content from outbox order by seq");
  const owed = rows.map(({ content }) => `arrived ${JSON.parse(String(content)).text}`);
  expect(arrived).toEqual(owed);
  return { owed, handled };
}

describeEachDatabase("a bot that was killed", (createDatabase) => {
  it("between two replies says the first one once, and counts the message once", async () => {
    await using world = new World(createDatabase());
    const { owed, handled } = await killAt("between replies", world);
    expect(handled).toEqual(["hi true", "again false"]);
    expect(owed).toEqual(["count 1", "done 1", "count 2", "done 2"].map((one) => `arrived ${one}`));
  });

  it("after its handler had finished does not handle the message again", async () => {
    await using world = new World(createDatabase());
    const { owed, handled } = await killAt("saved", world);
    expect(handled).toEqual(["again false"]);
    expect(owed).toEqual(["count 1", "done 1", "count 2", "done 2"].map((one) => `arrived ${one}`));
  });
});
