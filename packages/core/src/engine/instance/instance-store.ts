import { sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import { LEASE_TTL_MS } from "../lease/lease-keeper.ts";
import type { PacingChanges } from "../pacing/pacing.ts";
import type { Seal } from "../seal/seal.ts";
import { type InstanceRecord, type StoredInstance, toRecord } from "./instance-record.ts";

export interface NewInstanceRow {
  readonly id: string;
  readonly name: string;
  readonly companyId: string | null;
  readonly provider: string;
  readonly settings: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly nodeId: string;
  readonly desired: "running" | "stopped";
  readonly pacing: PacingChanges | null;
}

const COLUMNS = [
  "id",
  "name",
  "company_id",
  "provider",
  "metadata",
  "desired",
  "generation",
  "observed_generation",
  "forget_keys",
  "status",
  "reason",
  "paired",
  "account",
  "pacing",
  "restriction",
  "head",
  "fence",
  "lease_node",
  "lease_expires_at",
  "created_at",
  "updated_at",
] as const satisfies readonly (keyof StoredInstance)[];

/** The fence of an instance that was just inserted. */
export const FIRST_FENCE = 1;

const ROWS_AT_A_TIME = 5000;

/** Instances in SQL. */
export class InstanceStore {
  readonly #database: Database;
  readonly #seal: Seal;

  constructor(database: Database, seal: Seal) {
    this.#database = database;
    this.#seal = seal;
  }

  /** Inserts an instance that this node owns. @throws INSTANCE_NAME_TAKEN */
  async insert(tx: Transaction, instance: NewInstanceRow): Promise<InstanceRecord> {
    const now = Date.now();
    const row = await tx
      .insertInto("instance")
      .values({
        id: instance.id,
        name: instance.name,
        company_id: instance.companyId ?? "",
        provider: instance.provider,
        settings: this.#seal.sealText(
          JSON.stringify(instance.settings ?? null),
          placeOf(instance.id),
        ),
        metadata: JSON.stringify(instance.metadata),
        desired: instance.desired,
        generation: 0,
        observed_generation: 0,
        forget_keys: 0,
        status: "created",
        reason: null,
        paired: 0,
        account: null,
        pacing: instance.pacing && JSON.stringify(instance.pacing),
        restriction: null,
        head: 0,
        fence: FIRST_FENCE,
        lease_node: instance.nodeId,
        lease_expires_at: now + LEASE_TTL_MS,
        created_at: now,
        updated_at: now,
      })
      .onConflict((conflict) => conflict.columns(["company_id", "name"]).doNothing())
      .returning(COLUMNS)
      .executeTakeFirst();
    if (row) return toRecord(row);
    throw new OrquestaError("INSTANCE_NAME_TAKEN", "an instance of this name exists already");
  }

  async find(id: string): Promise<InstanceRecord | null> {
    const row = await this.#select().where("id", "=", id).executeTakeFirst();
    return row ? toRecord(row) : null;
  }

  async findByName(companyId: string | null, name: string): Promise<InstanceRecord | null> {
    const row = await this.#select()
      .where("company_id", "=", companyId ?? "")
      .where("name", "=", name)
      .executeTakeFirst();
    return row ? toRecord(row) : null;
  }

  async list(companyId?: string): Promise<InstanceRecord[]> {
    let query = this.#select().orderBy("created_at").orderBy("id");
    if (companyId !== undefined) query = query.where("company_id", "=", companyId);
    return (await query.execute()).map(toRecord);
  }

  /** Ids of all instances, those that are being removed too. */
  async allIds(): Promise<string[]> {
    const rows = await this.#database.queries.selectFrom("instance").select("id").execute();
    return rows.map(({ id }) => id);
  }

  async load(ids: readonly string[]): Promise<InstanceRecord[]> {
    if (ids.length === 0) return [];
    const rows = await this.#database.queries
      .selectFrom("instance")
      .select(COLUMNS)
      .where("id", "in", ids)
      .execute();
    return rows.map(toRecord);
  }

  /** As the provider parsed them. @throws INSTANCE_NOT_FOUND */
  async settings(id: string): Promise<unknown> {
    const row = await this.#database.queries
      .selectFrom("instance")
      .select("settings")
      .where("id", "=", id)
      .executeTakeFirst();
    if (!row) throw new OrquestaError("INSTANCE_NOT_FOUND", "there is no such instance");
    return JSON.parse(this.#seal.openText(row.settings, placeOf(id)));
  }

  /**
   * Changes the settings, as the provider parsed them, unless somebody else runs the instance by now.
   * @throws INSTANCE_NOT_FOUND, FENCE_LOST
   */
  async changeSettings(id: string, fence: number, change: (current: unknown) => unknown) {
    await this.#database.write(async (tx) => {
      const row = await tx
        .selectFrom("instance")
        .select(["settings", "fence"])
        .where("id", "=", id)
        .executeTakeFirst();
      if (!row) throw new OrquestaError("INSTANCE_NOT_FOUND", "there is no such instance");
      if (row.fence !== fence) {
        throw new OrquestaError("FENCE_LOST", "another node runs this instance");
      }
      const changed = change(JSON.parse(this.#seal.openText(row.settings, placeOf(id))));
      const settings = this.#seal.sealText(JSON.stringify(changed ?? null), placeOf(id));
      await tx
        .updateTable("instance")
        .set({ settings, updated_at: Date.now() })
        .where("id", "=", id)
        .execute();
    });
  }

  /** Writes down what is wanted of an instance; its supervisor makes it true. @throws INSTANCE_NOT_FOUND */
  async desire(
    id: string,
    desired: InstanceRecord["desired"],
    { forgetKeys = false }: { readonly forgetKeys?: boolean } = {},
  ): Promise<InstanceRecord> {
    const row = await this.#database.write((tx) =>
      tx
        .updateTable("instance")
        .set((eb) => ({
          desired,
          generation: eb("generation", "+", 1),
          ...(forgetKeys && { forget_keys: 1 }),
          updated_at: Date.now(),
        }))
        .where("id", "=", id)
        .where("desired", "!=", "removed")
        .returning(COLUMNS)
        .executeTakeFirst(),
    );
    if (row) return toRecord(row);
    throw new OrquestaError("INSTANCE_NOT_FOUND", "there is no such instance");
  }

  /** The status in the transaction that journals it. */
  async recordStatus(tx: Transaction, record: InstanceRecord): Promise<void> {
    await tx
      .updateTable("instance")
      .set({
        status: record.status,
        reason: record.reason,
        paired: record.paired ? 1 : 0,
        account: record.account === null ? null : JSON.stringify(record.account),
        observed_generation: record.observedGeneration,
        updated_at: record.updatedAt,
      })
      .where("id", "=", record.id)
      .execute();
  }

  async keysForgotten(tx: Transaction, id: string): Promise<void> {
    await tx.updateTable("instance").set({ forget_keys: 0 }).where("id", "=", id).execute();
  }

  /** Erases an instance and everything of it, in pieces, the instance itself last: may be repeated after a crash. */
  async erase(id: string): Promise<void> {
    for (const table of [
      "session_key",
      "session_archive_key",
      "session_archive",
      "webhook",
      "instance_key",
      "reader_cursor",
    ] as const) {
      await this.#database.write((tx) =>
        tx.deleteFrom(table).where("instance_id", "=", id).execute(),
      );
    }
    await this.#eraseInPieces("task", "id", id);
    await this.#eraseInPieces("outbox", "seq", id);
    await this.#eraseInPieces("instance_log", "seq", id);
    await this.#eraseInPieces("event", "number", id);
    await this.#eraseInPieces("seen", "hash", id);
    await this.#eraseInPieces("bot_session", "chat_id", id);
    await this.#eraseInPieces("media", "media_id", id);
    await this.#eraseInPieces("open_menu", "chat_id", id);
    await this.#eraseInPieces("known_chat", "chat_id", id);
    await this.#eraseInPieces("poll", "message_id", id);
    await this.#eraseInPieces("poll_vote", "voter_id", id);
    await this.#database.write((tx) => tx.deleteFrom("instance").where("id", "=", id).execute());
  }

  async #eraseInPieces(
    table:
      | "task"
      | "outbox"
      | "instance_log"
      | "event"
      | "seen"
      | "bot_session"
      | "open_menu"
      | "media"
      | "known_chat"
      | "poll"
      | "poll_vote",
    key: "id" | "seq" | "number" | "hash" | "chat_id" | "media_id" | "message_id" | "voter_id",
    instanceId: string,
  ): Promise<void> {
    for (;;) {
      const { numAffectedRows = 0n } = await this.#database.write((tx) =>
        sql`delete from ${sql.table(table)} where instance_id = ${instanceId} and ${sql.ref(key)} in (
          select ${sql.ref(key)} from ${sql.table(table)}
          where instance_id = ${instanceId} limit ${ROWS_AT_A_TIME}
        )`.execute(tx),
      );
      if (numAffectedRows < BigInt(ROWS_AT_A_TIME)) return;
    }
  }

  #select() {
    return this.#database.queries
      .selectFrom("instance")
      .select(COLUMNS)
      .where("desired", "!=", "removed");
  }
}

function placeOf(id: string): string {
  return `instance/${id}/settings`;
}
