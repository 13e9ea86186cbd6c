/**
 * The plain way: bare telegraf, each message told as it comes. It confirms a batch before it is handled
 * elsewhere, keeps its offset in memory and knows no repeats. The crash test has to find that out; when
 * it does not, it is the test that is broken.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { Telegraf } from "telegraf";
import { PLAIN_JOURNAL } from "./plain-journal.ts";

const { API_ROOT = "", SINK_URL = "", DATA_DIR = "", TOKENS = "" } = process.env;

for (const token of TOKENS.split(",")) {
  const account = token.split(":")[0] ?? "";
  const bot = new Telegraf(token, { telegram: { apiRoot: API_ROOT } });
  bot.catch(() => {});
  bot.on("text", async (context) => {
    const { message } = context;
    const id = String(message.message_id);
    const chatId = String(message.chat.id);
    const place = `${account}/${chatId}/${id}`;
    appendFileSync(join(DATA_DIR, PLAIN_JOURNAL), `${place}\n`);
    const event = { id: place, name: "message.received", chatId, data: { message: { id } } };
    const told = { method: "POST", body: JSON.stringify(event) };
    await fetch(`${SINK_URL}/?account=${account}`, told);
    if (message.text.startsWith("ask ")) await context.reply(`answer ${message.text.slice(4)}`);
  });
  bot.launch().catch(() => {});
}
process.on("disconnect", () => process.exit(0));
process.on("message", () => process.exit(0));
