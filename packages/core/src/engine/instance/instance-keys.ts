import { createHash, randomBytes } from "node:crypto";
import type { ExpressionBuilder } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "../database/database.ts";
import type { InstanceKeyRow, Schema } from "../database/schema.ts";
import type { Transaction } from "../database/transaction.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { Logger } from "../log/logger.ts";
import type { Seal } from "../seal/seal.ts";
import { InstanceKeyUsage } from "./instance-key-usage.ts";
import type { InstanceKeyView, ListedInstanceKey } from "./instance-view.ts";

const LAST_CHARACTERS = 4;

/**
 * Keys that open one instance each: found by hash, kept sealed so that they can be shown again. The
 * current one has no end; those that it replaced have one.
 */
export class InstanceKeys {
  readonly #database: Database;
  readonly #seal: Seal;
  readonly #usage: InstanceKeyUsage;

  constructor(database: Database, seal: Seal, logger: Logger) {
    this.#database = database;
    this.#seal = seal;
    this.#usage = new InstanceKeyUsage(database, logger);
  }

  async create(tx: Transaction, instanceId: string): Promise<void> {
    const id = uuidv7();
    const key = randomBytes(24).toString("base64url");
    await tx
      .insertInto("instance_key")
      .values({
        id,
        instance_id: instanceId,
        hash: hashOf(key),
        value: this.#seal.sealText(key, placeOf(id)),
        generated_at: Date.now(),
        last_used_at: null,
        usage_count: 0,
        expires_at: null,
      })
      .execute();
  }

  /** @throws INSTANCE_NOT_FOUND */
  async current(instanceId: string): Promise<InstanceKeyView> {
    await this.#usage.flush();
    const row = await this.#database.queries
      .selectFrom("instance_key")
      .selectAll()
      .where("instance_id", "=", instanceId)
      .where("expires_at", "is", null)
      .executeTakeFirst();
    if (!row) throw notFound();
    return { ...describe(row), key: this.#open(row) };
  }

  /** Those that open the instance now, the current one first. @throws INSTANCE_NOT_FOUND */
  async list(instanceId: string): Promise<ListedInstanceKey[]> {
    await this.#usage.flush();
    const rows = await this.#database.queries
      .selectFrom("instance_key")
      .selectAll()
      .where("instance_id", "=", instanceId)
      .where(isAlive(Date.now()))
      .orderBy("id", "desc")
      .execute();
    if (rows.length === 0) throw notFound();
    return rows.map((row) => ({
      ...describe(row),
      lastFour: this.#open(row).slice(-LAST_CHARACTERS),
      expiresAt: row.expires_at === null ? null : toIso(row.expires_at),
    }));
  }

  /** Makes a new current key; the others end after `overlapMs`, or earlier when they did already. @throws INSTANCE_NOT_FOUND */
  async rotate(instanceId: string, overlapMs: number): Promise<InstanceKeyView> {
    await this.#database.write(async (tx) => {
      await lockInstance(tx, instanceId);
      const expiresAt = Date.now() + overlapMs;
      await (overlapMs === 0
        ? tx.deleteFrom("instance_key").where("instance_id", "=", instanceId).execute()
        : tx
            .updateTable("instance_key")
            .set({ expires_at: expiresAt })
            .where("instance_id", "=", instanceId)
            .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", expiresAt)]))
            .execute());
      await this.create(tx, instanceId);
    });
    return this.current(instanceId);
  }

  /** Ends a key at once. @throws INSTANCE_NOT_FOUND, INSTANCE_KEY_NOT_FOUND, INSTANCE_KEY_CURRENT */
  async revoke(instanceId: string, keyId: string): Promise<void> {
    await this.#database.write(async (tx) => {
      await lockInstance(tx, instanceId);
      const row = await tx
        .selectFrom("instance_key")
        .select("expires_at")
        .where("instance_id", "=", instanceId)
        .where("id", "=", keyId)
        .where(isAlive(Date.now()))
        .executeTakeFirst();
      if (!row) {
        throw new OrquestaError("INSTANCE_KEY_NOT_FOUND", "the instance has no such key");
      }
      if (row.expires_at === null) {
        const message =
          "this is the current key of the instance: rotate it with no overlap instead";
        throw new OrquestaError("INSTANCE_KEY_CURRENT", message);
      }
      await tx.deleteFrom("instance_key").where("id", "=", keyId).execute();
    });
  }

  /** Whose key it is, counting the use; null for a key of nobody. The look-up by hash leaks no timing of the key. */
  async authenticate(key: string): Promise<string | null> {
    const row = await this.#database.queries
      .selectFrom("instance_key")
      .select(["id", "instance_id"])
      .where("hash", "=", hashOf(key))
      .where(isAlive(Date.now()))
      .executeTakeFirst();
    if (!row) return null;
    this.#usage.count(row.id);
    return row.instance_id;
  }

  /** Stores the uses that were counted; never rejects. */
  flush(): Promise<void> {
    return this.#usage.flush();
  }

  #open({ id, value }: InstanceKeyRow): string {
    return this.#seal.openText(value, placeOf(id));
  }
}

function isAlive(now: number) {
  return (eb: ExpressionBuilder<Schema, "instance_key">) =>
    eb.or([eb("expires_at", "is", null), eb("expires_at", ">", now)]);
}

/** Changes of the keys of one instance happen one after another, also those of several nodes. */
async function lockInstance(tx: Transaction, instanceId: string): Promise<void> {
  const row = await tx
    .updateTable("instance")
    .set((eb) => ({ updated_at: eb.ref("updated_at") }))
    .where("id", "=", instanceId)
    .where("desired", "!=", "removed")
    .returning("id")
    .executeTakeFirst();
  if (!row) throw notFound();
}

function describe(row: InstanceKeyRow): Omit<InstanceKeyView, "key"> {
  return {
    id: row.id,
    generatedAt: toIso(row.generated_at),
    lastUsedAt: row.last_used_at === null ? null : toIso(row.last_used_at),
    usageCount: row.usage_count,
  };
}

function toIso(time: number): string {
  return new Date(time).toISOString();
}

function notFound(): OrquestaError {
  return new OrquestaError("INSTANCE_NOT_FOUND", "there is no such instance");
}

function hashOf(key: string): Uint8Array {
  return createHash("sha256").update(key).digest();
}

function placeOf(id: string): string {
  return `instance-key/${id}`;
}
