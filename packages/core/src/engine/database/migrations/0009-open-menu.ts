import { type Kysely, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";

/** Menus that wait for their answer. */
export async function createOpenMenus(
  db: Kysely<Schema>,
  { integer, clusteredTable }: DatabaseDialect,
): Promise<void> {
  const clustered = clusteredTable === null ? sql`` : sql.raw(clusteredTable);
  await db.schema
    .createTable("open_menu")
    .addColumn("instance_id", "text", (c) => c.notNull())
    .addColumn("chat_id", "text", (c) => c.notNull())
    .addColumn("message_id", "text", (c) => c.notNull())
    .addColumn("options", "text", (c) => c.notNull())
    .addColumn("expires_at", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("open_menu_pk", ["instance_id", "chat_id"])
    .modifyEnd(clustered)
    .execute();
  await db.schema.createIndex("open_menu_expiry").on("open_menu").column("expires_at").execute();
}
