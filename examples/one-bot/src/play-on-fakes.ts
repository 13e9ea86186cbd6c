import { InstanceManager, type OutgoingKind } from "@orquesta/core";
import { baileys } from "@orquesta/providers/baileys";
import { telegram } from "@orquesta/providers/telegram";
import { FakeTelegram, FakeWhatsApp } from "@orquesta/providers/testing";
import { createBakery } from "./bakery-bot.ts";

const ACCOUNT = "5511999990000";

/** Ana orders on WhatsApp and Rui on Telegram; prints what both see. */
export async function playOnFakes(): Promise<void> {
  await using whatsapp = await FakeWhatsApp.listen();
  await using bots = await FakeTelegram.listen();
  await using manager = new InstanceManager({
    providers: [
      baileys({ url: whatsapp.url, rootKey: whatsapp.rootKey }),
      telegram({ apiRoot: bots.url }),
    ],
  });
  createBakery().run(manager, { name: "bakery" });

  manager.on("pairing.qr", ({ data }) => whatsapp.phone(ACCOUNT).scan(data.qr));
  const bakery = bots.createBot({ firstName: "Bakery" });
  const settings = { token: bakery.token };
  const accounts = [
    await manager.create({ provider: "baileys", name: "phone", start: true }),
    await manager.create({ provider: "telegram", name: "bot", settings, start: true }),
  ];
  for (const { id, provider } of accounts) {
    await manager.start(id, { until: "connected", timeoutMs: 10_000 });
    const { outgoing, menus } = await manager.capabilities(id);
    const album: OutgoingKind = "album";
    console.log(`${provider}: ${menus} menus, albums: ${outgoing.includes(album)}`);
  }

  const ana = whatsapp.peer("5511988887777", { name: "Ana" });
  await ana.send(ACCOUNT, "/menu");
  const asked = await ana.waitFor(({ text }) => text.includes("Which bread?"));
  console.log(`\nAna sees on WhatsApp:\n${asked.text}`);
  await ana.send(ACCOUNT, "2");
  const answered = await ana.waitFor(({ text }) => text.includes("it is."));
  const picture = await ana.waitFor(({ type }) => type === "imageMessage");
  console.log(`${answered.text}\n[picture] ${picture.text}`);

  const rui = bots.createUser({ firstName: "Rui" });
  rui.write(bakery, "/menu");
  const chat = bakery.chatWith(rui);
  const menu = await chat.waitFor(({ reply_markup }) => reply_markup !== undefined);
  console.log(`\nRui sees on Telegram:\n${menu.text} [Rye] [Wheat]`);
  rui.press(bakery, menu.message_id, "Rye");
  const { text } = await chat.waitFor((message) => message.text?.includes("it is.") === true);
  const { caption } = await chat.waitFor(({ photo }) => photo !== undefined);
  console.log(`${text}\n[picture] ${caption}`);
}
