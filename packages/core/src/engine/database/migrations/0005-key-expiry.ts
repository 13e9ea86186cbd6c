import type { Kysely } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";

/** Instance keys that end: those that a newer one has replaced. */
export async function addKeyExpiry(
  db: Kysely<Schema>,
  { integer }: DatabaseDialect,
): Promise<void> {
  await db.schema.alterTable("instance_key").addColumn("expires_at", integer).execute();
  await db.schema
    .createIndex("instance_key_expiry")
    .on("instance_key")
    .column("expires_at")
    .where("expires_at", "is not", null)
    .execute();
}
