import { type Kysely, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";

/** Instances, the journal and everything that reads it, as the first release had them. */
export async function createEngineTables(
  db: Kysely<Schema>,
  dialect: DatabaseDialect,
): Promise<void> {
  const { bytes, integer, autoIncrement, clusteredTable } = dialect;
  const clustered = clusteredTable === null ? sql`` : sql.raw(clusteredTable);

  await db.schema
    .createTable("instance")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("company_id", "text", (c) => c.notNull())
    .addColumn("provider", "text", (c) => c.notNull())
    .addColumn("settings", sql.raw(bytes), (c) => c.notNull())
    .addColumn("metadata", "text", (c) => c.notNull())
    .addColumn("desired", "text", (c) => c.notNull())
    .addColumn("generation", integer, (c) => c.notNull())
    .addColumn("observed_generation", integer, (c) => c.notNull())
    .addColumn("forget_keys", integer, (c) => c.notNull())
    .addColumn("status", "text", (c) => c.notNull())
    .addColumn("reason", "text")
    .addColumn("paired", integer, (c) => c.notNull())
    .addColumn("account", "text")
    .addColumn("head", integer, (c) => c.notNull())
    .addColumn("fence", integer, (c) => c.notNull())
    .addColumn("lease_node", "text")
    .addColumn("lease_expires_at", integer, (c) => c.notNull())
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("updated_at", integer, (c) => c.notNull())
    .addUniqueConstraint("instance_name", ["company_id", "name"])
    .execute();

  await db.schema
    .createTable("event")
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("number", integer, (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("chat_id", "text")
    .addColumn("occurred_at", integer, (c) => c.notNull())
    .addColumn("data", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("event_pk", ["instance_id", "number"])
    .modifyEnd(clustered)
    .execute();

  await db.schema
    .createTable("seen")
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("hash", sql.raw(bytes), (c) => c.notNull())
    .addColumn("seen_at", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("seen_pk", ["instance_id", "hash"])
    .modifyEnd(clustered)
    .execute();

  await db.schema
    .createTable("session_key")
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("type", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("value", sql.raw(bytes), (c) => c.notNull())
    .addColumn("expires_at", integer)
    .addPrimaryKeyConstraint("session_key_pk", ["instance_id", "type", "id"])
    .modifyEnd(clustered)
    .execute();
  await db.schema
    .createIndex("session_key_expiry")
    .on("session_key")
    .column("expires_at")
    .where("expires_at", "is not", null)
    .execute();

  await db.schema
    .createTable("reader")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("created_at", integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("reader_cursor")
    .addColumn("reader", "text", (c) => c.notNull())
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("number", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("reader_cursor_pk", ["reader", "instance_id"])
    .modifyEnd(clustered)
    .execute();

  await db.schema
    .createTable("task")
    .addColumn("id", integer, autoIncrement)
    .addColumn("reader", "text", (c) => c.notNull())
    .addColumn("target", "text", (c) => c.notNull())
    .addColumn("lane", "text", (c) => c.notNull())
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("number", integer, (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("attempt", integer, (c) => c.notNull())
    .addColumn("run_at", integer, (c) => c.notNull())
    .addColumn("error", "text")
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("finished_at", integer)
    .execute();
  await db.schema
    .createIndex("task_pending")
    .on("task")
    .columns(["reader", "target", "id"])
    .where(sql.ref("state"), "=", "pending")
    .execute();
  await db.schema.createIndex("task_instance").on("task").columns(["instance_id", "id"]).execute();

  await db.schema
    .createTable("outbox")
    .addColumn("seq", integer, autoIncrement)
    .addColumn("id", "text", (c) => c.notNull().unique())
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("chat_id", "text", (c) => c.notNull())
    .addColumn("message_id", "text", (c) => c.notNull())
    .addColumn("content", "text", (c) => c.notNull())
    .addColumn("idempotency_key", "text")
    .addColumn("request_hash", sql.raw(bytes), (c) => c.notNull())
    .addColumn("status", "text", (c) => c.notNull())
    .addColumn("attempt", integer, (c) => c.notNull())
    .addColumn("error_code", "text")
    .addColumn("error_message", "text")
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("updated_at", integer, (c) => c.notNull())
    .addColumn("sent_at", integer)
    .addUniqueConstraint("outbox_idempotency", ["instance_id", "idempotency_key"])
    .execute();
  await db.schema
    .createIndex("outbox_owed")
    .on("outbox")
    .columns(["instance_id", "seq"])
    .where(sql.ref("status"), "in", ["queued", "sending"])
    .execute();
  await db.schema
    .createIndex("outbox_message")
    .on("outbox")
    .columns(["instance_id", "message_id"])
    .execute();

  await db.schema
    .createTable("webhook")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("url", "text", (c) => c.notNull())
    .addColumn("headers", sql.raw(bytes), (c) => c.notNull())
    .addColumn("enabled", integer, (c) => c.notNull())
    .addColumn("shape", "text", (c) => c.notNull())
    .addColumn("created_at", integer, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("webhook_instance").on("webhook").column("instance_id").execute();

  await db.schema
    .createTable("instance_key")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("hash", sql.raw(bytes), (c) => c.notNull().unique())
    .addColumn("value", sql.raw(bytes), (c) => c.notNull())
    .addColumn("generated_at", integer, (c) => c.notNull())
    .addColumn("last_used_at", integer)
    .addColumn("usage_count", integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("instance_key_instance")
    .on("instance_key")
    .column("instance_id")
    .execute();

  await db.schema
    .createTable("instance_log")
    .addColumn("seq", integer, autoIncrement)
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("at", integer, (c) => c.notNull())
    .addColumn("level", "text", (c) => c.notNull())
    .addColumn("source", "text", (c) => c.notNull())
    .addColumn("message", "text", (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("instance_log_instance")
    .on("instance_log")
    .columns(["instance_id", "seq"])
    .execute();
}
