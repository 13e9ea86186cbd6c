import { createHash, randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { Logger } from "../log/logger.ts";
import type { Seal } from "../seal/seal.ts";
import type { InstanceKeyView } from "./instance-view.ts";

/** Keys that open one instance each: found by hash, kept sealed so that they can be shown again. */
export class InstanceKeys {
  readonly #database: Database;
  readonly #seal: Seal;
  readonly #logger: Logger;

  constructor(database: Database, seal: Seal, logger: Logger) {
    this.#database = database;
    this.#seal = seal;
    this.#logger = logger;
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
      })
      .execute();
  }

  /** @throws INSTANCE_NOT_FOUND */
  async current(instanceId: string): Promise<InstanceKeyView> {
    const row = await this.#database.queries
      .selectFrom("instance_key")
      .selectAll()
      .where("instance_id", "=", instanceId)
      .orderBy("generated_at", "desc")
      .executeTakeFirst();
    if (!row) throw new OrquestaError("INSTANCE_NOT_FOUND", "there is no such instance");
    return {
      key: this.#seal.openText(row.value, placeOf(row.id)),
      generatedAt: new Date(row.generated_at).toISOString(),
      lastUsedAt: row.last_used_at === null ? null : new Date(row.last_used_at).toISOString(),
      usageCount: row.usage_count,
    };
  }

  /** Whose key it is, counting the use; null for a key of nobody. The look-up by hash leaks no timing of the key. */
  async authenticate(key: string): Promise<string | null> {
    const row = await this.#database.queries
      .selectFrom("instance_key")
      .select(["id", "instance_id"])
      .where("hash", "=", hashOf(key))
      .executeTakeFirst();
    if (!row) return null;
    this.#countUse(row.id);
    return row.instance_id;
  }

  /** A count is not worth a caller's wait. */
  #countUse(id: string): void {
    this.#database
      .write((tx) =>
        tx
          .updateTable("instance_key")
          .set((eb) => ({ usage_count: eb("usage_count", "+", 1), last_used_at: Date.now() }))
          .where("id", "=", id)
          .execute(),
      )
      .catch((error: unknown) => {
        this.#logger.warn("use of an instance key could not be counted", { error });
      });
  }
}

function hashOf(key: string): Uint8Array {
  return createHash("sha256").update(key).digest();
}

function placeOf(id: string): string {
  return `instance-key/${id}`;
}
