import { Bot } from "@orquesta/core/bot";

/** The bot: what it is tested with it does not know. */
export function createPizzeria() {
  return new Bot({ session: () => ({ orders: 0 }) })
    .command("order", (ctx) =>
      ctx.choose("Which pizza?", [
        { label: "Margherita", value: "pizza:margherita" },
        { label: "Quattro formaggi", value: "pizza:formaggi" },
      ]),
    )
    .choice(/^pizza:/, (ctx) => {
      ctx.session.orders += 1;
      return ctx.reply(`${ctx.choice.label}, order ${ctx.session.orders}. Thank you!`);
    })
    .on("message", (ctx) => ctx.reply("Write /order to order."));
}
