import { type Kysely, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";

/** What retention asks for in small pieces, and who of several nodes does it. */
export async function prepareRetention(
  db: Kysely<Schema>,
  { integer }: DatabaseDialect,
): Promise<void> {
  await db.schema
    .createTable("duty")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("node", "text", (c) => c.notNull())
    .addColumn("expires_at", integer, (c) => c.notNull())
    .execute();
  // Which events are still needed.
  await db.schema
    .createIndex("task_needed_event")
    .on("task")
    .columns(["instance_id", "number"])
    .where(sql.ref("state"), "=", "pending")
    .execute();
  await db.schema
    .createIndex("task_finished")
    .on("task")
    .columns(["state", "finished_at"])
    .where(sql.ref("finished_at"), "is not", null)
    .execute();
  await db.schema
    .createIndex("outbox_settled")
    .on("outbox")
    .column("updated_at")
    .where(sql.ref("status"), "not in", ["queued", "sending"])
    .execute();
  await db.schema.createIndex("instance_log_time").on("instance_log").column("at").execute();
  await db.schema.createIndex("seen_time").on("seen").column("seen_at").execute();
}
