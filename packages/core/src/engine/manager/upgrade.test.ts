import { readFileSync } from "node:fs";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { expect, it } from "vitest";
import { eventually } from "../../testing/harness/eventually.ts";
import { WebSink } from "../../testing/harness/web-sink.ts";
import { World } from "../../testing/harness/world.ts";

/** The instance key as the first release gave it. */
const KEY = "A6ax0KI0hLXL8_mz_x6AD4F_FOnjwAnA";
const CHATS = ["5521990000001", "5521990000000"];

/**
 * `first-release.sql` is the dump of a database that the first release was killed over: a paired
 * instance whose webhook could not be reached, with a consumer, an answer and session keys.
 */
function restoreFirstRelease(directory: string, webhookUrl: string): void {
  const dump = readFileSync(new URL("./fixtures/first-release.sql", import.meta.url), "utf8");
  const connection = new BetterSqlite3(join(directory, "orquesta.sqlite"));
  connection.pragma("journal_mode = wal");
  connection.exec(dump.replaceAll("http://127.0.0.1:9/first", webhookUrl));
  connection.close();
}

it("goes on with the database of the first release", async () => {
  await using sink = await WebSink.open();
  await using world = new World();
  restoreFirstRelease(world.database.directory, sink.url("/first"));
  const manager = world.create();
  const handled: string[] = [];
  manager.consume("bot", ({ message }) => void handled.push(message.id));
  const [paired, idle] = await manager.list();
  expect(idle).toMatchObject({ name: "idle", companyId: "acme", status: "created", paired: false });
  expect(paired).toMatchObject({ name: "paired", metadata: { since: "the first release" } });
  const id = paired?.id ?? "";
  // It goes on by itself, with what it was paired with.
  await eventually(async () => (await manager.get(id)).status === "connected");
  const session = world.platform.session(id);
  expect(session.context.settings).toEqual({ token: "a token" });
  const creds = (await session.context.keys.get("creds", ["me"])).get("me");
  expect(Buffer.from(creds ?? []).toString()).toBe("paired in the first release");
  expect(await manager.keys.authenticate(KEY)).toBe(id);
  await manager.keys.rotate(id);
  expect(await manager.keys.authenticate(KEY)).toBe(id);

  // What waited for the webhook comes, in order per chat, unsigned as before; nobody handles it again.
  await session.receive("new", { chatId: "5521990000001", id: "incoming-5" });
  const received = () =>
    sink.received.flatMap(({ body }) => {
      const { name, chatId, data } = body as ReceivedBody;
      return name === "message.received" ? [{ chatId, id: data.message?.id }] : [];
    });
  await eventually(() => received().length === 5);
  const idsOf = (chat: string) => received().filter(({ chatId }) => chatId === chat);
  expect(CHATS.map((chat) => idsOf(chat).map(({ id: message }) => message))).toEqual([
    ["incoming-1", "incoming-3", "incoming-5"],
    ["incoming-2", "incoming-4"],
  ]);
  for (const { headers } of sink.received) {
    expect(headers["authorization"]).toBe("Bearer secret");
    expect(headers["webhook-signature"]).toBeUndefined();
  }
  await eventually(() => handled.length > 0);
  expect(handled).toEqual(["incoming-5"]);

  const pending = () => manager.webhooks.deliveries(id, { state: "pending" });
  await eventually(async () => (await pending()).deliveries.length === 0);
  const [webhook] = await manager.webhooks.list(id);
  const webhookId = webhook?.id ?? "";
  expect(webhook).toMatchObject({ signed: false, enabled: true, events: null });
  await manager.webhooks.rotateSecret(id, webhookId);
  expect((await manager.webhooks.get(id, webhookId)).signed).toBe(true);
  const before = sink.received.length;
  const { deliveries } = await manager.webhooks.replay(id, webhookId, { from: 1 });
  await eventually(() => sink.received.length === before + deliveries);
  for (const { headers } of sink.received.slice(before)) {
    expect(headers["webhook-signature"]).toMatch(/^v1,/);
  }

  // The repeat of a key from before sends nothing.
  const again = await manager.send(
    id,
    "5521990000001",
    { type: "text", text: "an answer" },
    { idempotencyKey: "answer-1" },
  );
  expect(again).toMatchObject({ status: "sent", repeated: true });
  expect(world.platform.delivered).toEqual([]);
  await manager.logout(id);
  expect(await manager.sessions.archives(id)).toHaveLength(1);
});

interface ReceivedBody {
  readonly name: string;
  readonly chatId: string | null;
  readonly data: { readonly message?: { readonly id: string } };
}
