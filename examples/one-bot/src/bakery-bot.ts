import { Bot } from "@orquesta/core/bot";

/** 16 by 16 pixels of bread. */
const LOAF = Buffer.from(
  "/9j/4AAQSkZJRgABAgAAAQABAAD//gAQTGF2YzU5LjM3LjEwMAD/2wBDAAg+Pkk+SVVVVVVVVWRdZGhoaGRkZGRo" +
    "aGhwcHCDg4NwcHBoaHBwfHyDg4+Tj4eHg4eTk5ubm7q6srLZ2eD/////xABMAAEBAAAAAAAAAAAAAAAAAAAABwEB" +
    "AQAAAAAAAAAAAAAAAAAABQcQAQAAAAAAAAAAAAAAAAAAAAARAQAAAAAAAAAAAAAAAAAAAAD/wAARCAAQABADASIA" +
    "AhEAAxEA/9oADAMBAAIRAxEAPwCOAL+Lf//Z",
  "base64",
);

/** Takes orders. It does not know on which platform it is. */
export function createBakery() {
  return new Bot({ session: () => ({ loaves: 0 }) })
    .command("menu", (ctx) =>
      ctx.choose("Which bread?", [
        { label: "Rye", value: "bread:rye" },
        { label: "Wheat", value: "bread:wheat" },
      ]),
    )
    .choice(/^bread:/, async (ctx) => {
      ctx.session.loaves += 1;
      const text = `**${ctx.choice.label}** it is. Loaves so far: ${ctx.session.loaves}.`;
      await ctx.reply({ type: "text", text, format: "markdown" });
      await ctx.reply({ type: "image", media: { bytes: LOAF }, caption: "Fresh from the oven" });
    })
    .on("image", (ctx) => ctx.reply("What a picture!"))
    .on("message", (ctx) => ctx.reply("Write /menu to order."));
}
