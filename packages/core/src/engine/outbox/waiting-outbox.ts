import { sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import { type OutboxEntry, toEntry } from "./outbox-entry.ts";
import type { WaitingReason } from "./outbox-view.ts";

export interface WaitingMessages {
  readonly instanceId: string;
  readonly chatId: string;
  /** Those that were accepted up to this one. */
  readonly toSeq: number;
  readonly reason: WaitingReason;
}

/** Messages that would begin chats and have to wait for that: chat by chat, in the order of acceptance. */
export class WaitingOutbox {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  any(instanceId: string): Promise<boolean> {
    return this.#database.write(async (tx) => {
      const row = await tx
        .selectFrom("outbox")
        .select("seq")
        .where("instance_id", "=", instanceId)
        .where("waits_for", "is not", null)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    });
  }

  /** @returns whether they wait; not so in a chat that has become known meanwhile */
  async add({ instanceId, chatId, toSeq, reason }: WaitingMessages): Promise<boolean> {
    const { numUpdatedRows } = await this.#database.write((tx) =>
      tx
        .updateTable("outbox")
        .set({ waits_for: reason })
        .where("instance_id", "=", instanceId)
        .where("chat_id", "=", chatId)
        .where("seq", "<=", toSeq)
        .where(sql<boolean>`status in ('queued', 'sending')`)
        .where(({ exists, not, selectFrom }) =>
          not(
            exists(
              selectFrom("known_chat")
                .select("chat_id")
                .where("instance_id", "=", instanceId)
                .where("chat_id", "=", chatId),
            ),
          ),
        )
        .executeTakeFirstOrThrow(),
    );
    return numUpdatedRows > 0n;
  }

  /** Lets the chat go on that waits the longest. @returns its messages; none when no chat waits */
  takeNext(instanceId: string): Promise<OutboxEntry[]> {
    return this.#database.write(async (tx) => {
      const next = await tx
        .selectFrom("outbox")
        .select("chat_id")
        .where("instance_id", "=", instanceId)
        .where("waits_for", "is not", null)
        .orderBy("seq")
        .limit(1)
        .executeTakeFirst();
      if (!next) return [];
      await this.release(tx, instanceId, [next.chat_id]);
      const rows = await tx
        .selectFrom("outbox")
        .selectAll()
        .where("instance_id", "=", instanceId)
        .where(sql<boolean>`status in ('queued', 'sending')`)
        .where("chat_id", "=", next.chat_id)
        .orderBy("seq")
        .execute();
      return rows.map(toEntry);
    });
  }

  /** These chats are begun: nothing waits in them any more. */
  async release(tx: Transaction, instanceId: string, chatIds: readonly string[]): Promise<void> {
    if (chatIds.length === 0) return;
    await tx
      .updateTable("outbox")
      .set({ waits_for: null })
      .where("instance_id", "=", instanceId)
      .where("chat_id", "in", chatIds)
      .where("waits_for", "is not", null)
      .execute();
  }
}
