import { InstanceManager } from "@orquesta/core";
import { Bot } from "@orquesta/core/bot";
import { baileys } from "@orquesta/providers/baileys";
import qrcode from "qrcode";

const bot = new Bot({ session: () => ({ echoes: 0, loud: false }) });

bot.command("start", (ctx) =>
  ctx.reply("I echo what you write. /voice changes how, /count counts."),
);
bot.command("count", (ctx) => ctx.reply(`${ctx.session.echoes} echoes so far`));
bot.command("voice", (ctx) =>
  ctx.choose("How shall I speak?", [
    { label: "Softly", value: "voice:soft" },
    { label: "Loudly", value: "voice:loud" },
  ]),
);
bot.choice(/^voice:/, (ctx) => {
  ctx.session.loud = ctx.choice.value === "voice:loud";
  return ctx.reply(`${ctx.choice.label} it is.`);
});
bot.on("text", (ctx) => {
  ctx.session.echoes += 1;
  return ctx.reply(ctx.session.loud ? `${ctx.text.toUpperCase()}!` : ctx.text);
});

const manager = new InstanceManager({ providers: [baileys()], dataDir: "./data" });
manager.on("pairing.qr", async ({ data }) => {
  console.log(await qrcode.toString(data.qr, { type: "terminal", small: true }));
});
bot.run(manager, { name: "echo" });

const account = await manager.ensure({ provider: "baileys", name: "echo" });
await manager.start(account.id);
