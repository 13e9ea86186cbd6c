/** The process that is killed: an engine whose accounts post to a sink and answer some messages. */
import { join } from "node:path";
import { InstanceManager, sqliteDialect } from "@orquesta/core";
import { baileys } from "@orquesta/providers/baileys";
import type { Told } from "./engine-child.ts";
import { KillPoint, killAfterCommit, killAfterDecrypt, killAfterPlanning } from "./kill-points.ts";
import { plain } from "./plain-provider.ts";
import { secretOf } from "./running-secret.ts";
import { type KeptInstance, Upkeep } from "./upkeep.ts";

// libsignal tells keys, and traces of what the plain way breaks: nothing of it may stand in the output.
for (const name of ["log", "info", "warn", "error"] as const) console[name] = () => {};

const { WHATSAPP_URL = "", ROOT_KEY = "", SINK_URL = "", DATA_DIR = "" } = process.env;
const { ACCOUNTS = "", STAGE = "", KILL_AFTER = "0", PROVIDER = "baileys" } = process.env;

/** What is done is forgotten at once, while the traffic flows. */
const DONE_TASKS_MS = 1000;

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
  retention: { doneTaskDays: DONE_TASKS_MS / 86_400_000 },
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

const instances: KeptInstance[] = [];
for (const name of ACCOUNTS.split(",")) {
  const webhooks = [
    { url: `${SINK_URL}/?account=${name}` },
    {
      url: `${SINK_URL}/signed?account=${name}`,
      events: ["message.received"],
      secret: secretOf(name, 0),
    },
  ];
  const { id } = await manager.ensure({ provider: "baileys", name, webhooks });
  const [plainHook, signedHook] = await manager.webhooks.list(id);
  instances.push({ account: name, id, plain: plainHook?.id ?? "", signed: signedHook?.id ?? "" });
  await manager.start(id);
}

const upkeep = new Upkeep({
  manager,
  instances,
  onUnderWay: () => {
    if (STAGE === "during-upkeep") point.reach();
  },
  tell: (secret) => tell({ secret }),
});
upkeep.start();
const orders: Record<string, () => Promise<unknown>> = {
  finish: () => upkeep.finish(),
  replay: () => upkeep.replayAll(),
  close: () => manager.close().then(() => process.exit(0)),
};
process.on("disconnect", () => process.exit(0));
process.on("message", (order) => {
  orders[String(order)]?.()
    .then(() => tell({ did: String(order) }))
    .catch(fail);
});
upkeep.running.catch(fail);

function fail(error: unknown): Promise<void> {
  return tell({
    fault: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  });
}

function tell(told: Told): Promise<void> {
  return new Promise((resolve) => process.send?.(told, undefined, {}, () => resolve()));
}
