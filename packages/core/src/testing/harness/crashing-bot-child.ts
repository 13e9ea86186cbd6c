/** Runs a bot until it is killed in the middle of a message; says what happens, one line each. */
import { setTimeout } from "node:timers/promises";
import { Bot, type BotHost } from "../../engine/bot/index.ts";
import { InstanceManager, postgresDialect, shownText, sqliteDialect } from "../../index.ts";
import { FakePlatform } from "../fake-platform.ts";

const { MOMENT, DIRECTORY, POSTGRES_URL, SCHEMA } = process.env;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function forever(): Promise<never> {
  return setTimeout(3_600_000) as Promise<never>;
}

const platform = new FakePlatform();
const manager = new InstanceManager({
  providers: [platform.provider],
  database:
    POSTGRES_URL !== undefined && SCHEMA !== undefined
      ? postgresDialect({ url: POSTGRES_URL, schema: SCHEMA })
      : sqliteDialect({ path: `${DIRECTORY}/orquesta.sqlite` }),
  secret: Buffer.alloc(32, "orquesta test secret"),
  nodeId: "node-a",
});
platform.afterSend = ({ message }) => say(`arrived ${shownText(message.content)}`);

const host: BotHost = {
  consume: (...args) => manager.consume(...args),
  send: (...args) => manager.send(...args),
  bots: {
    logger: manager.bots.logger,
    session: (place) => manager.bots.session(place),
    sentUnder: (...args) => manager.bots.sentUnder(...args),
    async saveSession(...args) {
      await manager.bots.saveSession(...args);
      if (MOMENT !== "saved") return;
      say("stuck");
      await forever();
    },
  },
};
new Bot({ session: () => ({ count: 0 }) })
  .on("text", async (ctx) => {
    ctx.session.count += 1;
    await ctx.reply(`count ${ctx.session.count}`);
    if (MOMENT === "between replies") {
      say("stuck");
      await forever();
    }
    await ctx.reply(`done ${ctx.session.count}`);
  })
  .run(host, { name: "bot" });

const { id } = await manager.ensure({ provider: "fake", name: "one" });
await manager.start(id, { until: "connected" });
await platform.session(id).receive("hi");
await forever();
