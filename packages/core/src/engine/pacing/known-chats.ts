import { BulkInserter } from "../database/bulk-inserter.ts";
import type { Database } from "../database/database.ts";
import type { Queries, Transaction } from "../database/transaction.ts";
import type { JournalEvent } from "../event/instance-event.ts";

/** Of all instances together: some 10 MB. */
const MAX_REMEMBERED = 50_000;

interface Mention {
  readonly chatId: string;
  /** The account began it: until then nobody had written in it. */
  readonly begun: boolean;
}

/** Chats in which somebody wrote, or we did: writing in one is an answer, in any other one it begins a chat. */
export class KnownChats {
  readonly #database: Database;
  readonly #beginsChat: (instanceId: string, chatId: string) => boolean;
  readonly #chats: BulkInserter<"known_chat">;
  /** Surely known: those that were spoken of last. */
  readonly #remembered = new Set<string>();

  /** @param beginsChat whether a first message of ours begins a chat there; in a group it does not */
  constructor(database: Database, beginsChat: (instanceId: string, chatId: string) => boolean) {
    this.#database = database;
    this.#beginsChat = beginsChat;
    this.#chats = new BulkInserter(database.dialect, {
      table: "known_chat",
      columns: ["instance_id", "chat_id", "begun_at"],
      suffix: 'on conflict do nothing returning "chat_id"',
    });
  }

  async isKnown(instanceId: string, chatId: string): Promise<boolean> {
    if (this.#remembered.has(keyOf(instanceId, chatId))) return true;
    const row = await this.#database.queries
      .selectFrom("known_chat")
      .select("chat_id")
      .where("instance_id", "=", instanceId)
      .where("chat_id", "=", chatId)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** When the account began chats since then, Unix ms, the latest first. */
  async begunSince(
    instanceId: string,
    since: number,
    limit: number,
    queries: Queries = this.#database.queries,
  ): Promise<number[]> {
    const rows = await queries
      .selectFrom("known_chat")
      .select("begun_at")
      .where("instance_id", "=", instanceId)
      .where("begun_at", ">", since)
      .orderBy("begun_at", "desc")
      .limit(limit)
      .execute();
    return rows.flatMap(({ begun_at }) => (begun_at === null ? [] : [begun_at]));
  }

  /**
   * Writes down chats that these events make known, in the transaction that journals them. May run
   * twice. @returns those that were not known before
   */
  async note(
    tx: Transaction,
    instanceId: string,
    events: readonly JournalEvent[],
  ): Promise<string[]> {
    const rows = new Map<string, { chat_id: string; begun_at: number | null }>();
    const now = Date.now();
    for (const event of events) {
      for (const { chatId, begun } of mentionsIn(event)) {
        if (rows.has(chatId) || this.#remembered.has(keyOf(instanceId, chatId))) continue;
        const counts = begun && this.#beginsChat(instanceId, chatId);
        rows.set(chatId, { chat_id: chatId, begun_at: counts ? now : null });
      }
    }
    if (rows.size === 0) return [];
    const inserted = await this.#chats.insert<{ chat_id: string }>(
      tx,
      [...rows.values()].map((row) => ({ instance_id: instanceId, ...row })),
    );
    return inserted.map(({ chat_id }) => chat_id);
  }

  /** Events that are committed. @returns the chats that were not remembered: they may be new */
  committed(instanceId: string, events: readonly JournalEvent[]): string[] {
    const fresh: string[] = [];
    for (const event of events) {
      for (const { chatId } of mentionsIn(event)) {
        if (this.#remember(keyOf(instanceId, chatId))) fresh.push(chatId);
      }
    }
    return fresh;
  }

  forget(instanceId: string): void {
    const prefix = keyOf(instanceId, "");
    for (const key of this.#remembered) if (key.startsWith(prefix)) this.#remembered.delete(key);
  }

  #remember(key: string): boolean {
    if (this.#remembered.has(key)) return false;
    this.#remembered.add(key);
    if (this.#remembered.size > MAX_REMEMBERED) {
      const [oldest] = this.#remembered;
      if (oldest !== undefined) this.#remembered.delete(oldest);
    }
    return true;
  }
}

function keyOf(instanceId: string, chatId: string): string {
  return `${instanceId}\n${chatId}`;
}

function mentionsIn(event: JournalEvent): readonly Mention[] {
  switch (event.name) {
    case "message.received":
      return [{ chatId: event.data.message.chatId, begun: false }];
    case "message.sent":
      return event.data.origin === "orquesta"
        ? [{ chatId: event.data.chatId, begun: event.data.content.type !== "status" }]
        : [{ chatId: event.data.message.chatId, begun: true }];
    case "group.changed":
    case "call.received":
      return [{ chatId: event.data.chatId, begun: false }];
    case "chat.migrated":
      return [{ chatId: event.data.to, begun: false }];
    case "history.received":
      return event.data.messages.map(({ message }) => ({ chatId: message.chatId, begun: false }));
    default:
      return [];
  }
}
