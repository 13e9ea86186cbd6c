import { InstanceManager } from "@orquesta/core";
import { baileys } from "@orquesta/providers/baileys";
import qrcode from "qrcode";

const manager = new InstanceManager({ providers: [baileys()], dataDir: "./data" });

manager.on("pairing.qr", async ({ data }) => {
  console.log(await qrcode.toString(data.qr, { type: "terminal", small: true }));
});

manager.consume("pong", async ({ instanceId, message }) => {
  if (message.content.type !== "text") return;
  // The message may come twice after a crash; the key makes the answer go out once.
  const options = { idempotencyKey: message.id };
  await manager.send(instanceId, message.chatId, { type: "text", text: "pong" }, options);
});

const support = await manager.ensure({ provider: "baileys", name: "support" });
await manager.start(support.id);
