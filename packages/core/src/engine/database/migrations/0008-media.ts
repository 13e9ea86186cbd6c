import { type Kysely, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";

/** The media that came in: what is known of each, and which of them are kept. */
export async function createMedia(
  db: Kysely<Schema>,
  { integer, clusteredTable }: DatabaseDialect,
): Promise<void> {
  const clustered = clusteredTable === null ? sql`` : sql.raw(clusteredTable);
  await db.schema
    .createTable("media")
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("media_id", "text", (c) => c.notNull())
    .addColumn("mime_type", "text", (c) => c.notNull())
    .addColumn("size", integer)
    .addColumn("file_name", "text")
    .addColumn("hash", "text")
    .addColumn("at", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("media_pk", ["instance_id", "media_id"])
    .modifyEnd(clustered)
    .execute();
  await db.schema.createIndex("media_time").on("media").column("at").execute();
  await db.schema
    .createIndex("media_kept")
    .on("media")
    .column("hash")
    .where(sql.ref("hash"), "is not", null)
    .execute();
  await db.schema
    .alterTable("webhook")
    .addColumn("media_base64", "integer", (c) => c.notNull().defaultTo(0))
    .execute();
}
