/**
 * Runs Telegram bots that post what comes in to a sink: with Orquesta, or with bare telegraf, whose offset
 * is in memory and which retries, orders and deduplicates nothing.
 */
import { InstanceManager } from "@orquesta/core";
import { telegram } from "@orquesta/providers/telegram";
import { Telegraf } from "telegraf";
import { Agent, request } from "undici";

const { SUBJECT = "", API_ROOT = "", SINK_URL = "", DATA_DIR = "" } = process.env;

function ours(): (token: string) => Promise<unknown> {
  const manager = new InstanceManager({
    providers: [telegram({ apiRoot: API_ROOT })],
    dataDir: DATA_DIR,
    webhooks: { maxPerSecond: 0 },
  });
  const webhooks = [{ url: SINK_URL, events: ["message.received"] }];
  return async (token) => {
    const { id } = await manager.create({ provider: "telegram", settings: { token }, webhooks });
    await manager.start(id);
  };
}

function raw(): (token: string) => Promise<unknown> {
  const agent = new Agent({ connections: 64 });
  const headers = { "content-type": "application/json" };
  return async (token) => {
    const bot = new Telegraf(token, { telegram: { apiRoot: API_ROOT } });
    bot.on("text", async ({ message }) => {
      const body = JSON.stringify({
        id: message.message_id,
        chat: message.chat,
        body: message.text,
      });
      const answer = await request(SINK_URL, { method: "POST", dispatcher: agent, headers, body });
      await answer.body.dump();
    });
    void bot.launch();
  };
}

const add = SUBJECT === "raw" ? raw() : ours();

process.on("message", (message) => {
  if (typeof message !== "object" || message === null || !("token" in message)) return;
  void add(String(message.token));
});
process.on("disconnect", () => process.exit(0));
// The probe does not keep a process alive, and nothing else does before there is a bot.
process.channel?.ref();
process.send?.({ ready: true });
