import { BulkInserter } from "../database/bulk-inserter.ts";
import type { Database } from "../database/database.ts";
import type { SessionKeyRow } from "../database/schema.ts";
import { storableText } from "../database/storable-text.ts";
import type { Transaction } from "../database/transaction.ts";
import type { KeyChange, SessionKeys } from "../provider/session-keys.ts";
import type { SnapshotKey } from "../provider/session-snapshot.ts";
import type { Seal } from "../seal/seal.ts";

const EXPIRED_AT_A_TIME = 250;

/** Session keys of all instances, sealed at rest. */
export class SessionKeyStore {
  readonly #database: Database;
  readonly #seal: Seal;
  readonly #upserts: BulkInserter<"session_key">;

  constructor(database: Database, seal: Seal) {
    this.#database = database;
    this.#seal = seal;
    this.#upserts = new BulkInserter(database.dialect, {
      table: "session_key",
      columns: ["instance_id", "type", "id", "value", "expires_at"],
      suffix: `on conflict ("instance_id", "type", "id") do update
        set "value" = excluded."value", "expires_at" = excluded."expires_at"`,
    });
  }

  of(instanceId: string): SessionKeys {
    return { get: (type, ids) => this.#get(instanceId, type, ids) };
  }

  /** Of several changes of one key only the last one is sealed and stored. */
  async apply(tx: Transaction, instanceId: string, changes: readonly KeyChange[]): Promise<void> {
    if (changes.length === 0) return;
    const last = new Map(
      changes.map((change) => [storableText(`${change.type}/${change.id}`), change]),
    );
    const erased = new Map<string, string[]>();
    const rows: SessionKeyRow[] = [];
    for (const { type, id, value, expiresAt } of last.values()) {
      if (value === null) {
        const ids = erased.get(type);
        if (ids) ids.push(id);
        else erased.set(type, [id]);
        continue;
      }
      rows.push({
        instance_id: instanceId,
        type,
        id,
        value: this.#seal.seal(value, placeOf(instanceId, type, id)),
        expires_at: expiresAt ?? null,
      });
    }
    for (const [type, ids] of erased) await erase(tx, instanceId, type, ids);
    await this.#upserts.insert(tx, rows);
  }

  /** Every key of an instance that has not expired. @throws SESSION_KEYS_UNREADABLE */
  async all(instanceId: string): Promise<SnapshotKey[]> {
    const now = Date.now();
    const rows = await this.#database.queries
      .selectFrom("session_key")
      .select(["type", "id", "value", "expires_at"])
      .where("instance_id", "=", instanceId)
      .execute();
    return rows.flatMap(({ type, id, value, expires_at }) => {
      const expiresAt = expires_at === null ? null : Number(expires_at);
      if (expiresAt !== null && expiresAt < now) return [];
      const plain = this.#seal.open(value, placeOf(instanceId, type, id));
      return [{ type, id, value: plain, expiresAt }];
    });
  }

  async eraseAll(tx: Transaction, instanceId: string): Promise<void> {
    await tx.deleteFrom("session_key").where("instance_id", "=", instanceId).execute();
  }

  /** Erases what has expired, a piece a step. @returns rows of each piece */
  async *eraseExpired(now: number): AsyncGenerator<number> {
    for (;;) {
      const erased = await this.#eraseExpiredPiece(now);
      yield erased;
      if (erased < EXPIRED_AT_A_TIME) return;
    }
  }

  async #eraseExpiredPiece(now: number): Promise<number> {
    const expired = await this.#database.queries
      .selectFrom("session_key")
      .select(["instance_id", "type", "id"])
      .where("expires_at", "<", now)
      .limit(EXPIRED_AT_A_TIME)
      .execute();
    if (expired.length === 0) return 0;
    await this.#database.write(async (tx) => {
      for (const { instance_id, type, id } of expired) {
        await tx
          .deleteFrom("session_key")
          .where("instance_id", "=", instance_id)
          .where("type", "=", type)
          .where("id", "=", id)
          .where("expires_at", "<", now)
          .execute();
      }
    });
    return expired.length;
  }

  async #get(
    instanceId: string,
    type: string,
    ids: readonly string[],
  ): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    if (ids.length === 0) return found;
    const rows = await this.#database.queries
      .selectFrom("session_key")
      .select(["id", "value"])
      .where("instance_id", "=", instanceId)
      .where("type", "=", type)
      .where("id", "in", ids)
      .execute();
    for (const { id, value } of rows) {
      found.set(id, this.#seal.open(value, placeOf(instanceId, type, id)));
    }
    return found;
  }
}

/** Binds a sealed value to its row, as the database has it: one that is copied to another row does not open. */
function placeOf(instanceId: string, type: string, id: string): string {
  return storableText(`session-key/${instanceId}/${type}/${id}`);
}

async function erase(
  tx: Transaction,
  instanceId: string,
  type: string,
  ids: readonly string[],
): Promise<void> {
  await tx
    .deleteFrom("session_key")
    .where("instance_id", "=", instanceId)
    .where("type", "=", type)
    .where("id", "in", ids)
    .execute();
}
