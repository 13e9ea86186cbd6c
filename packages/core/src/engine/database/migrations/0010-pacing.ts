import { type Kysely, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";

/** Which chats an instance has, how fast it may begin others, and which messages wait for that. */
export async function addPacing(
  db: Kysely<Schema>,
  { integer, clusteredTable }: DatabaseDialect,
): Promise<void> {
  const clustered = clusteredTable === null ? sql`` : sql.raw(clusteredTable);
  await db.schema
    .createTable("known_chat")
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("chat_id", "text", (c) => c.notNull())
    .addColumn("begun_at", integer)
    .addPrimaryKeyConstraint("known_chat_pk", ["instance_id", "chat_id"])
    .modifyEnd(clustered)
    .execute();
  await db.schema
    .createIndex("known_chat_begun")
    .on("known_chat")
    .columns(["instance_id", "begun_at"])
    .where(sql.ref("begun_at"), "is not", null)
    .execute();
  // Chats from before there was such a table are no new ones.
  await sql`insert into known_chat (instance_id, chat_id)
    select distinct instance_id, chat_id from event
    where chat_id is not null and name in ('message.received', 'message.sent')`.execute(db);
  await db.schema.alterTable("instance").addColumn("pacing", "text").execute();
  await db.schema.alterTable("instance").addColumn("restriction", "text").execute();
  await db.schema.alterTable("outbox").addColumn("waits_for", "text").execute();
  await db.schema
    .createIndex("outbox_waiting")
    .on("outbox")
    .columns(["instance_id", "seq"])
    .where(sql.ref("waits_for"), "is not", null)
    .execute();
}
