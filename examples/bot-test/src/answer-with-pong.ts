import type { InstanceManager } from "@orquesta/core";

/** The bot: what it is tested with it does not know. */
export function answerWithPong(manager: Pick<InstanceManager, "consume" | "send">): void {
  manager.consume("pong", async ({ instanceId, message }) => {
    if (message.content.type !== "text" || message.content.text !== "ping") return;
    const options = { idempotencyKey: message.id };
    await manager.send(instanceId, message.chatId, { type: "text", text: "pong" }, options);
  });
}
