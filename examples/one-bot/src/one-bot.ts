/**
 * The same bot on WhatsApp and on Telegram. With TELEGRAM_TOKEN or WHATSAPP=1 it runs on the real ones;
 * with neither it plays both on fake platforms, where nothing leaves this machine.
 */
import { InstanceManager } from "@orquesta/core";
import { baileys } from "@orquesta/providers/baileys";
import { telegram } from "@orquesta/providers/telegram";
import { createBakery } from "./bakery-bot.ts";
import { playOnFakes } from "./play-on-fakes.ts";

const { TELEGRAM_TOKEN: token, WHATSAPP } = process.env;

if (!token && !WHATSAPP) {
  await playOnFakes();
  // Baileys keeps timers for a while that hold the process; everything of ours is closed.
  process.exit();
}

const manager = new InstanceManager({ providers: [baileys(), telegram()], dataDir: "./data" });
createBakery().run(manager, { name: "bakery" });
manager.on("pairing.code", ({ data }) => console.log(`type ${data.code} into the phone`));

if (token) {
  const bot = await manager.ensure({ provider: "telegram", name: "bot", settings: { token } });
  await manager.start(bot.id);
}
if (WHATSAPP) {
  const { id } = await manager.ensure({ provider: "baileys", name: "phone" });
  await manager.start(id, { until: "pairing" });
  // WHATSAPP is the phone number of the account.
  await manager.pair(id, { phone: WHATSAPP }).catch(({ message }) => console.log(message));
}
