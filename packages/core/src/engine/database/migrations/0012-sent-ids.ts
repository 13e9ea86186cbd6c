import { type Kysely, sql } from "kysely";
import type { Schema } from "../schema.ts";

/** Messages that the platform knows by another id than the one that `send` gave are found by that one, too. */
export async function addSentIds(db: Kysely<Schema>): Promise<void> {
  await db.schema.alterTable("outbox").addColumn("accepted_id", "text").execute();
  await db.schema
    .createIndex("outbox_accepted")
    .on("outbox")
    .columns(["instance_id", "accepted_id"])
    .where(sql.ref("accepted_id"), "is not", null)
    .execute();
}
