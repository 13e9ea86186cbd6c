import { type Kysely, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";

/** Session keys of accounts that were logged out, kept for a while. */
export async function createSessionArchive(
  db: Kysely<Schema>,
  { bytes, integer, clusteredTable }: DatabaseDialect,
): Promise<void> {
  const clustered = clusteredTable === null ? sql`` : sql.raw(clusteredTable);
  await db.schema
    .createTable("session_archive")
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("account", "text")
    .addColumn("key_count", integer, (c) => c.notNull())
    .addColumn("archived_at", integer, (c) => c.notNull())
    .addColumn("expires_at", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("session_archive_pk", ["instance_id", "id"])
    .execute();
  await db.schema
    .createIndex("session_archive_expiry")
    .on("session_archive")
    .column("expires_at")
    .execute();
  await db.schema
    .createTable("session_archive_key")
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("archive_id", "text", (c) => c.notNull())
    .addColumn("type", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("value", sql.raw(bytes), (c) => c.notNull())
    .addColumn("expires_at", integer)
    .addPrimaryKeyConstraint("session_archive_key_pk", ["instance_id", "archive_id", "type", "id"])
    .modifyEnd(clustered)
    .execute();
}
