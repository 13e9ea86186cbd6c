/** The process that is killed: an engine whose bots post to a sink and answer some messages. */
import { InstanceManager } from "@orquesta/core";
import { telegram } from "@orquesta/providers/telegram";
import { KillPoint, killAfterCommit } from "../kill-points.ts";

const { API_ROOT = "", SINK_URL = "", DATA_DIR = "", TOKENS = "" } = process.env;
const { STAGE = "", KILL_AFTER = "0" } = process.env;

const point = new KillPoint(Number(KILL_AFTER));
const made = telegram({ apiRoot: API_ROOT });
const provider = STAGE === "after-commit" ? killAfterCommit(made, point) : made;
const manager = new InstanceManager({
  providers: [provider],
  dataDir: DATA_DIR,
  webhooks: { maxPerSecond: 0 },
});
manager.consume("answers", async ({ instanceId, message }) => {
  if (message.content.type !== "text" || !message.content.text.startsWith("ask ")) return;
  const text = `answer ${message.content.text.slice(4)}`;
  const options = { idempotencyKey: `${message.chatId}/${message.id}` };
  await manager.send(instanceId, message.chatId, { type: "text", text }, options);
});
for (const token of TOKENS.split(",")) {
  const name = token.split(":")[0] ?? "";
  const webhooks = [{ url: `${SINK_URL}/?account=${name}`, events: ["message.received"] }];
  const { id } = await manager.ensure({
    provider: "telegram",
    name,
    settings: { token },
    webhooks,
  });
  await manager.start(id);
}
process.on("disconnect", () => process.exit(0));
process.on("message", () => void manager.close().then(() => process.exit(0)));
