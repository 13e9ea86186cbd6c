import { type Selectable, sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "../database/database.ts";
import type { OutboxRow } from "../database/schema.ts";
import type { Transaction } from "../database/transaction.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import { statusesBefore } from "../message/message-status.ts";
import type { OutboxContent } from "../message/outgoing-content.ts";
import { type OutboxEntry, toEntry } from "./outbox-entry.ts";
import { applyEarlyReceipts } from "./receipts.ts";

export interface NewOutboxMessage {
  readonly instanceId: string;
  readonly chatId: string;
  readonly messageId: string;
  readonly content: OutboxContent;
  readonly idempotencyKey: string | null;
  /** Of what was asked for, by `requestHash`. */
  readonly requestHash: Buffer;
}

export interface SentMark {
  /** What the platform knows it by. */
  readonly messageId: string;
  readonly sentAt: number;
  /** Number of the last event from before it left; undefined: its receipts are found without. */
  readonly since: number | undefined;
}

export interface Accepted {
  readonly entry: OutboxEntry;
  /** The idempotency key was used before for the same message: `entry` is that one. */
  readonly repeated: boolean;
}

/** Messages that we owe to the platform, each with its status. */
export class Outbox {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Durable when it resolves. The same key with the same message gives the first result again.
   * @throws IDEMPOTENCY_KEY_REUSED when the key stands for another message
   */
  async add(message: NewOutboxMessage): Promise<Accepted> {
    const { instanceId, chatId, messageId, idempotencyKey, requestHash } = message;
    const content = JSON.stringify(message.content);
    const id = uuidv7();
    const now = Date.now();
    const row = await this.#database.write(async (tx) => {
      const inserted = await tx
        .insertInto("outbox")
        .values({
          id,
          instance_id: instanceId,
          chat_id: chatId,
          message_id: messageId,
          content,
          idempotency_key: idempotencyKey,
          request_hash: requestHash,
          status: "queued",
          attempt: 0,
          error_code: null,
          error_message: null,
          created_at: now,
          updated_at: now,
          sent_at: null,
        })
        .onConflict((conflict) => conflict.columns(["instance_id", "idempotency_key"]).doNothing())
        .returningAll()
        .executeTakeFirst();
      if (inserted) return inserted;
      return tx
        .selectFrom("outbox")
        .selectAll()
        .where("instance_id", "=", instanceId)
        .where("idempotency_key", "=", idempotencyKey)
        .executeTakeFirstOrThrow();
    });
    return { entry: asAskedFor(row, requestHash), repeated: row.id !== id };
  }

  /**
   * The first result of an idempotency key; null when it is new.
   * @throws IDEMPOTENCY_KEY_REUSED when the key stands for another message
   */
  async repeatOf(
    instanceId: string,
    idempotencyKey: string,
    requestHash: Buffer,
  ): Promise<OutboxEntry | null> {
    const row = await this.#findByKey(instanceId, idempotencyKey);
    return row ? asAskedFor(row, requestHash) : null;
  }

  /** @throws MESSAGE_NOT_FOUND */
  async get(instanceId: string, id: string): Promise<OutboxEntry> {
    const row = await this.#database.queries
      .selectFrom("outbox")
      .selectAll()
      .where("instance_id", "=", instanceId)
      .where("id", "=", id)
      .executeTakeFirst();
    if (row) return toEntry(row);
    throw new OrquestaError("MESSAGE_NOT_FOUND", "there is no such message");
  }

  /** @throws MESSAGE_NOT_FOUND */
  async getByKey(instanceId: string, idempotencyKey: string): Promise<OutboxEntry> {
    const row = await this.#findByKey(instanceId, idempotencyKey);
    if (row) return toEntry(row);
    throw new OrquestaError("MESSAGE_NOT_FOUND", "no message was sent under this key");
  }

  /** What is still owed above `afterSeq`, in the order of acceptance. Sees every write asked for before. */
  owed(instanceId: string, afterSeq: number, limit: number): Promise<OutboxEntry[]> {
    return this.#database.write(async (tx) => {
      const rows = await tx
        .selectFrom("outbox")
        .selectAll()
        .where("instance_id", "=", instanceId)
        // Spelt out: with parameters SQLite does not use the index of what is owed, and reads all.
        .where(sql<boolean>`status in ('queued', 'sending')`)
        .where("seq", ">", afterSeq)
        .where("waits_for", "is", null)
        .orderBy("seq")
        .limit(limit)
        .execute();
      return rows.map(toEntry);
    });
  }

  /** What is still owed to one chat. Sees every write asked for before. */
  owedTo(instanceId: string, chatId: string): Promise<OutboxEntry[]> {
    return this.#database.write(async (tx) => {
      const rows = await tx
        .selectFrom("outbox")
        .selectAll()
        .where("instance_id", "=", instanceId)
        .where(sql<boolean>`status in ('queued', 'sending')`)
        .where("chat_id", "=", chatId)
        .orderBy("seq")
        .execute();
      return rows.map(toEntry);
    });
  }

  /**
   * Durable before the bytes leave: tells after a crash that the outcome of a send is unknown.
   * @returns the number of the instance's last event
   */
  markSending(entry: OutboxEntry): Promise<number> {
    return this.#database.write(async (tx) => {
      await tx
        .updateTable("outbox")
        .set((eb) => ({
          status: "sending",
          attempt: eb("attempt", "+", 1),
          updated_at: Date.now(),
        }))
        .where("id", "=", entry.id)
        .execute();
      const { head } = await tx
        .selectFrom("instance")
        .select("head")
        .where("id", "=", entry.instanceId)
        .executeTakeFirstOrThrow();
      return head;
    });
  }

  /** Takes `markSending` back: the message surely was not sent. */
  async markQueued(entry: OutboxEntry): Promise<void> {
    await this.#database.write((tx) =>
      tx
        .updateTable("outbox")
        .set({ status: "queued", updated_at: Date.now() })
        .where("id", "=", entry.id)
        .where("status", "=", "sending")
        .execute(),
    );
  }

  /** Receipts of it that came before its id was known count now. */
  async markSent(
    tx: Transaction,
    { id, instanceId, messageId: acceptedId }: OutboxEntry,
    { messageId, sentAt, since }: SentMark,
  ): Promise<void> {
    // A receipt may have been faster than this: the status only moves forward.
    await tx
      .updateTable("outbox")
      .set((eb) => ({
        status: eb
          .case()
          .when("status", "in", statusesBefore("sent"))
          .then("sent")
          .else(eb.ref("status"))
          .end(),
        message_id: messageId,
        sent_at: sentAt,
        updated_at: sentAt,
        ...(messageId !== acceptedId && { accepted_id: acceptedId }),
      }))
      .where("id", "=", id)
      .execute();
    if (since === undefined || messageId === acceptedId) return;
    await applyEarlyReceipts(tx, instanceId, messageId, since);
  }

  async markEnded(
    tx: Transaction,
    id: string,
    status: "failed" | "unconfirmed",
    error: { readonly code: string; readonly message: string },
  ): Promise<void> {
    await tx
      .updateTable("outbox")
      .set({
        status,
        error_code: error.code,
        error_message: error.message,
        updated_at: Date.now(),
      })
      .where("id", "=", id)
      .where("status", "in", ["queued", "sending"])
      .execute();
  }

  #findByKey(instanceId: string, idempotencyKey: string) {
    return this.#database.queries
      .selectFrom("outbox")
      .selectAll()
      .where("instance_id", "=", instanceId)
      .where("idempotency_key", "=", idempotencyKey)
      .executeTakeFirst();
  }
}

/** @throws IDEMPOTENCY_KEY_REUSED */
function asAskedFor(row: Selectable<OutboxRow>, requestHash: Buffer): OutboxEntry {
  if (requestHash.equals(row.request_hash)) return toEntry(row);
  const message = "this idempotency key was used for another message";
  throw new OrquestaError("IDEMPOTENCY_KEY_REUSED", message);
}
