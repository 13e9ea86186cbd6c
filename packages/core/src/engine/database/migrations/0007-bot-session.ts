import { type Kysely, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";

/** What bots remember, a row per chat. */
export async function createBotSessions(
  db: Kysely<Schema>,
  { integer, clusteredTable }: DatabaseDialect,
): Promise<void> {
  const clustered = clusteredTable === null ? sql`` : sql.raw(clusteredTable);
  await db.schema
    .createTable("bot_session")
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("bot", "text", (c) => c.notNull())
    .addColumn("chat_id", "text", (c) => c.notNull())
    .addColumn("value", "text", (c) => c.notNull())
    .addColumn("event_id", "text", (c) => c.notNull())
    .addColumn("updated_at", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("bot_session_pk", ["instance_id", "bot", "chat_id"])
    .modifyEnd(clustered)
    .execute();
}
