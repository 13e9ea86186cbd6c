import { type Kysely, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";

/** Webhooks that are signed, filtered and paced; tasks that tell how their last run went. */
export async function addDelivery(db: Kysely<Schema>, dialect: DatabaseDialect): Promise<void> {
  const { bytes, integer } = dialect;
  // One statement a column: SQLite adds no more at a time.
  const add = db.schema;
  await add.alterTable("webhook").addColumn("secrets", sql.raw(bytes)).execute();
  await add.alterTable("webhook").addColumn("events", "text").execute();
  await add.alterTable("webhook").addColumn("max_per_second", integer).execute();
  await add
    .alterTable("webhook")
    .addColumn("timeout_ms", integer, (c) => c.notNull().defaultTo(15_000))
    .execute();
  await add.alterTable("webhook").addColumn("disabled_reason", "text").execute();
  await add
    .alterTable("webhook")
    .addColumn("updated_at", integer, (c) => c.notNull().defaultTo(0))
    .execute();
  await sql`update ${sql.table("webhook")} set updated_at = created_at`.execute(db);

  await add.alterTable("task").addColumn("answer_status", integer).execute();
  await add.alterTable("task").addColumn("duration_ms", integer).execute();
  // Few rows are in it, so it costs nothing while all goes well.
  await add
    .createIndex("task_dead")
    .on("task")
    .columns(["instance_id", "id"])
    .where(sql.ref("state"), "=", sql.lit("dead"))
    .execute();
}
