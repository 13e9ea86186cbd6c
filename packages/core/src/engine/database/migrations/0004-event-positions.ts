import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/** Event ids as positions in the journal of all instances, and how far retention has erased it. */
export async function addEventPositions(db: Kysely<Schema>): Promise<void> {
  await db.schema.createIndex("event_id").on("event").column("id").execute();
  await db.schema.alterTable("instance").addColumn("erased_event_id", "text").execute();
}
