import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/** Events by age, over all instances: what retention erases first, and where a live stream goes on. */
export async function indexEventTime(db: Kysely<Schema>): Promise<void> {
  await db.schema.createIndex("event_time").on("event").column("occurred_at").execute();
}
