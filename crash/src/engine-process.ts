/** The process that is killed: an engine whose accounts post to a sink and answer some messages. */
import { join } from "node:path";
import { InstanceManager, sqliteDialect } from "@orquesta/core";
import { baileys } from "@orquesta/providers/baileys";
import { KillPoint, killAfterCommit, killAfterDecrypt, killAfterPlanning } from "./kill-points.ts";
import { plain } from "./plain-provider.ts";

// libsignal tells keys, and traces of what the plain way breaks: nothing of it may stand in the output.
for (const name of ["log", "info", "warn", "error"] as const) console[name] = () => {};

const { WHATSAPP_URL = "", ROOT_KEY = "", SINK_URL = "", DATA_DIR = "" } = process.env;
const { ACCOUNTS = "", STAGE = "", KILL_AFTER = "0", PROVIDER = "baileys" } = process.env;

const point = new KillPoint(Number(KILL_AFTER));
if (STAGE === "after-decrypt") killAfterDecrypt(point);
const made =
  PROVIDER === "plain"
    ? plain({ url: WHATSAPP_URL })
    : baileys({ url: WHATSAPP_URL, rootKey: ROOT_KEY });
const provider = STAGE === "after-commit" ? killAfterCommit(made, point) : made;
const sqlite = sqliteDialect({ path: join(DATA_DIR, "orquesta.sqlite") });
const database = STAGE === "after-planning" ? killAfterPlanning(sqlite, point) : sqlite;

const manager = new InstanceManager({
  providers: [provider],
  dataDir: DATA_DIR,
  database,
  webhooks: { maxPerSecond: 0 },
});
manager.on("pairing.qr", async ({ instanceId, data }) => {
  const { name } = await manager.get(instanceId);
  process.send?.({ scan: name, qr: data.qr });
});
manager.on("instance.status_changed", ({ data }) => {
  if (data.status === "connected") process.send?.({ connected: true });
});
manager.consume("answers", async ({ instanceId, message }) => {
  if (message.content.type !== "text" || !message.content.text.startsWith("ask ")) return;
  const text = `answer ${message.content.text.slice(4)}`;
  await manager.send(
    instanceId,
    message.chatId,
    { type: "text", text },
    { idempotencyKey: `${message.chatId}/${message.id}` },
  );
});

for (const name of ACCOUNTS.split(",")) {
  const webhooks = [{ url: `${SINK_URL}?account=${name}` }];
  const { id } = await manager.ensure({ provider: "baileys", name, webhooks });
  await manager.start(id);
}
process.send?.({ ready: true });
process.on("disconnect", () => process.exit(0));
process.on("message", async (message) => {
  if (message !== "close") return;
  await manager.close();
  process.exit(0);
});
