import { v7 as uuidv7 } from "uuid";
import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { Contact } from "../message/contact.ts";

/** Session keys of an account that was logged out. */
export interface SessionArchive {
  readonly id: string;
  /** The account as it was when it was logged out. */
  readonly account: Contact | null;
  /** How many keys there are. */
  readonly keyCount: number;
  /** ISO 8601 */
  readonly archivedAt: string;
  /** When it is erased, ISO 8601. */
  readonly expiresAt: string;
}

/** An archive that is about to be made: its id and times stay the same when the transaction runs twice. */
export interface PlannedArchive {
  readonly id: string;
  readonly instanceId: string;
  readonly account: Contact | null;
  readonly archivedAt: number;
  readonly expiresAt: number;
}

const COLUMNS = ["instance_id", "type", "id", "value", "expires_at"] as const;

/**
 * Where the session keys of a logged out account wait, sealed as they were: an account is not lost by a
 * wrong word of the platform or a wrong click.
 */
export class SessionArchiveStore {
  readonly #database: Database;
  readonly #lifetimeMs: number;

  /** @param lifetimeMs 0: nothing is archived */
  constructor(database: Database, lifetimeMs: number) {
    this.#database = database;
    this.#lifetimeMs = lifetimeMs;
  }

  /** null when nothing is to be archived. */
  plan(instanceId: string, account: Contact | null): PlannedArchive | null {
    if (this.#lifetimeMs === 0) return null;
    const archivedAt = Date.now();
    const expiresAt = archivedAt + this.#lifetimeMs;
    return { id: uuidv7(), instanceId, account, archivedAt, expiresAt };
  }

  /** Moves the session keys of the instance into the archive. An instance without keys leaves none. */
  async move(tx: Transaction, archive: PlannedArchive): Promise<void> {
    const { id, instanceId, account, archivedAt, expiresAt } = archive;
    const { numInsertedOrUpdatedRows: count = 0n } = await tx
      .insertInto("session_archive_key")
      .columns(["archive_id", ...COLUMNS])
      .expression((eb) =>
        eb
          .selectFrom("session_key")
          .select([eb.val(id).as("archive_id"), ...COLUMNS])
          .where("instance_id", "=", instanceId),
      )
      .executeTakeFirstOrThrow();
    if (count === 0n) return;
    await tx
      .insertInto("session_archive")
      .values({
        id,
        instance_id: instanceId,
        account: account === null ? null : JSON.stringify(account),
        key_count: Number(count),
        archived_at: archivedAt,
        expires_at: expiresAt,
      })
      .execute();
    await tx.deleteFrom("session_key").where("instance_id", "=", instanceId).execute();
  }

  /** Newest first; those that have expired are gone, erased or not. */
  async list(instanceId: string): Promise<SessionArchive[]> {
    const rows = await this.#database.queries
      .selectFrom("session_archive")
      .selectAll()
      .where("instance_id", "=", instanceId)
      .where("expires_at", ">=", Date.now())
      .orderBy("id", "desc")
      .execute();
    return rows.map((row) => ({
      id: row.id,
      account: row.account === null ? null : JSON.parse(row.account),
      keyCount: Number(row.key_count),
      archivedAt: new Date(Number(row.archived_at)).toISOString(),
      expiresAt: new Date(Number(row.expires_at)).toISOString(),
    }));
  }

  /** @throws SESSION_ARCHIVE_NOT_FOUND */
  async get(instanceId: string, archiveId: string): Promise<SessionArchive> {
    const archive = (await this.list(instanceId)).find(({ id }) => id === archiveId);
    if (archive) return archive;
    throw new OrquestaError(
      "SESSION_ARCHIVE_NOT_FOUND",
      "the instance has no such session archive, or it has expired",
    );
  }

  /** Moves the keys back, over nothing: the instance has none. */
  async moveBack(tx: Transaction, instanceId: string, archiveId: string): Promise<void> {
    await tx
      .insertInto("session_key")
      .columns(COLUMNS)
      .expression((eb) =>
        eb
          .selectFrom("session_archive_key")
          .select(COLUMNS)
          .where("instance_id", "=", instanceId)
          .where("archive_id", "=", archiveId),
      )
      .execute();
    await erase(tx, instanceId, archiveId);
  }

  /** Erases archives whose time is over, one a step. @returns how many */
  async *eraseExpired(now: number): AsyncGenerator<number> {
    for (;;) {
      const expired = await this.#database.queries
        .selectFrom("session_archive")
        .select(["instance_id", "id"])
        .where("expires_at", "<", now)
        .executeTakeFirst();
      if (!expired) return;
      await this.#database.write((tx) => erase(tx, expired.instance_id, expired.id));
      yield 1;
    }
  }
}

async function erase(tx: Transaction, instanceId: string, archiveId: string): Promise<void> {
  await tx
    .deleteFrom("session_archive_key")
    .where("instance_id", "=", instanceId)
    .where("archive_id", "=", archiveId)
    .execute();
  await tx
    .deleteFrom("session_archive")
    .where("instance_id", "=", instanceId)
    .where("id", "=", archiveId)
    .execute();
}
