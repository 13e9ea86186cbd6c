import { type Kysely, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";

/** Polls and who voted for what. */
export async function createPolls(
  db: Kysely<Schema>,
  { integer, clusteredTable }: DatabaseDialect,
): Promise<void> {
  const clustered = clusteredTable === null ? sql`` : sql.raw(clusteredTable);
  await db.schema
    .createTable("poll")
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("chat_id", "text", (c) => c.notNull())
    .addColumn("message_id", "text", (c) => c.notNull())
    .addColumn("question", "text", (c) => c.notNull())
    .addColumn("options", "text", (c) => c.notNull())
    .addColumn("at", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("poll_pk", ["instance_id", "chat_id", "message_id"])
    .modifyEnd(clustered)
    .execute();
  await db.schema.createIndex("poll_at").on("poll").column("at").execute();
  await db.schema
    .createTable("poll_vote")
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("chat_id", "text", (c) => c.notNull())
    .addColumn("message_id", "text", (c) => c.notNull())
    .addColumn("voter_id", "text", (c) => c.notNull())
    .addColumn("voter", "text", (c) => c.notNull())
    .addColumn("options", "text", (c) => c.notNull())
    .addColumn("voted_at", integer, (c) => c.notNull())
    .addColumn("at", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("poll_vote_pk", ["instance_id", "chat_id", "message_id", "voter_id"])
    .modifyEnd(clustered)
    .execute();
  await db.schema.createIndex("poll_vote_at").on("poll_vote").column("at").execute();
}
