import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import type { DurableEvent, JournalEvent } from "../event/instance-event.ts";
import { findOption, isMenu, type MenuOption, menuOptions } from "../message/numbered-menu.ts";

type Received = DurableEvent<"message.received">;

/** How long the answer to a numbered menu is taken for one. */
const VALID_MS = 86_400_000;
const IDS_AT_A_TIME = 500;

/**
 * Menus that were sent as a text with numbers and wait for their answer: the last one of each chat, for
 * a day. In a direct chat the answer closes it; in a group everybody may answer.
 *
 * The menus are in SQL. In memory is only where some may be, so that messages of other chats cost nothing.
 */
export class OpenMenus {
  readonly #database: Database;
  readonly #isNumbered: (instanceId: string) => boolean;
  /** Of each instance, until when (Unix ms) a chat may have an open menu; the earliest first. */
  readonly #chats = new Map<string, Map<string, number>>();

  /** @param isNumbered whether the engine, and not the platform, shows the menus of an instance */
  constructor(database: Database, isNumbered: (instanceId: string) => boolean) {
    this.#database = database;
    this.#isNumbered = isNumbered;
  }

  /** Instances that this node runs from now on. */
  async load(instanceIds: readonly string[]): Promise<void> {
    for (let from = 0; from < instanceIds.length; from += IDS_AT_A_TIME) {
      const rows = await this.#database.queries
        .selectFrom("open_menu")
        .select(["instance_id", "chat_id", "expires_at"])
        .where("instance_id", "in", instanceIds.slice(from, from + IDS_AT_A_TIME))
        .where("expires_at", ">", Date.now())
        .orderBy("expires_at")
        .execute();
      for (const row of rows) this.#note(row.instance_id, row.chat_id, row.expires_at);
    }
  }

  forget(instanceId: string): void {
    this.#chats.delete(instanceId);
  }

  /**
   * Opens menus that were sent, and makes answers the choices that they are, in the transaction that
   * journals these events. May run twice.
   * @returns the events to journal
   */
  async translate(
    tx: Transaction,
    instanceId: string,
    events: readonly DurableEvent[],
  ): Promise<readonly DurableEvent[]> {
    if (!events.some((event) => this.#concerns(instanceId, event))) return events;
    const translated: DurableEvent[] = [];
    for (const event of events) {
      translated.push(
        this.#concerns(instanceId, event) ? await this.#take(tx, instanceId, event) : event,
      );
    }
    return translated;
  }

  /** Events that are committed, in their order. */
  committed(events: readonly JournalEvent[]): void {
    for (const event of events) {
      const { instanceId } = event;
      if (isMenuSent(event) && this.#isNumbered(instanceId)) {
        this.#note(instanceId, event.data.chatId, Date.now() + VALID_MS);
      } else if (event.name === "message.received") {
        const { chatId, content } = event.data.message;
        if (content.type !== "choice" || isShared(event)) continue;
        this.#chats.get(instanceId)?.delete(chatId);
      }
    }
  }

  #concerns(instanceId: string, event: DurableEvent): boolean {
    switch (event.name) {
      case "message.sent":
        return isMenuSent(event) && this.#isNumbered(instanceId);
      case "message.received":
        return (
          event.data.message.content.type === "text" &&
          this.#mayBeOpen(instanceId, event.data.message.chatId)
        );
      case "chat.migrated":
        return this.#mayBeOpen(instanceId, event.data.from);
      default:
        return false;
    }
  }

  async #take(tx: Transaction, instanceId: string, event: DurableEvent): Promise<DurableEvent> {
    if (event.name === "message.received") return this.#answer(tx, instanceId, event);
    if (event.name === "chat.migrated") await this.#move(tx, instanceId, event.data);
    else if (isMenuSent(event)) await this.#open(tx, instanceId, event);
    return event;
  }

  async #open(tx: Transaction, instanceId: string, { data }: MenuSent): Promise<void> {
    const expiresAt = Date.now() + VALID_MS;
    const menu = {
      message_id: data.messageId,
      options: JSON.stringify(menuOptions(data.content)),
      expires_at: expiresAt,
    };
    await tx
      .insertInto("open_menu")
      .values({ instance_id: instanceId, chat_id: data.chatId, ...menu })
      .onConflict((conflict) => conflict.columns(["instance_id", "chat_id"]).doUpdateSet(menu))
      .execute();
    // Its answer may wait in the same transaction. Should that one fail, a look-up finds no menu.
    this.#note(instanceId, data.chatId, expiresAt);
  }

  async #answer(tx: Transaction, instanceId: string, event: Received): Promise<DurableEvent> {
    const { message } = event.data;
    const { chatId, content, quote } = message;
    if (content.type !== "text") return event;
    const menu = await tx
      .selectFrom("open_menu")
      .select(["message_id", "options"])
      .where("instance_id", "=", instanceId)
      .where("chat_id", "=", chatId)
      .where("expires_at", ">", Date.now())
      .executeTakeFirst();
    // Who quotes another message answers that one.
    if (!menu || (quote && quote.messageId !== menu.message_id)) return event;
    // Written by `#open`.
    const option = findOption(JSON.parse(menu.options) as MenuOption[], content.text);
    if (!option) return event;
    if (!isShared(event)) await this.#close(tx, instanceId, chatId);
    const { id, title } = option;
    const choice = { type: "choice" as const, menuMessageId: menu.message_id, id, title };
    return { ...event, data: { message: { ...message, content: choice } } };
  }

  async #close(tx: Transaction, instanceId: string, chatId: string): Promise<void> {
    await tx
      .deleteFrom("open_menu")
      .where("instance_id", "=", instanceId)
      .where("chat_id", "=", chatId)
      .execute();
  }

  async #move(
    tx: Transaction,
    instanceId: string,
    { from, to }: DurableEvent<"chat.migrated">["data"],
  ): Promise<void> {
    await this.#close(tx, instanceId, to);
    await tx
      .updateTable("open_menu")
      .set({ chat_id: to })
      .where("instance_id", "=", instanceId)
      .where("chat_id", "=", from)
      .execute();
    this.#note(instanceId, to, Date.now() + VALID_MS);
  }

  #mayBeOpen(instanceId: string, chatId: string): boolean {
    return this.#chats.get(instanceId)?.has(chatId) ?? false;
  }

  #note(instanceId: string, chatId: string, until: number): void {
    const chats = this.#chats.get(instanceId) ?? new Map<string, number>();
    this.#chats.set(instanceId, chats);
    chats.delete(chatId);
    chats.set(chatId, until);
    const now = Date.now();
    for (const [earliest, its] of chats) {
      if (its > now) return;
      chats.delete(earliest);
    }
  }
}

type MenuSent = DurableEvent<"message.sent"> & {
  readonly data: {
    readonly origin: "orquesta";
    readonly content: Parameters<typeof menuOptions>[0];
  };
};

function isMenuSent(event: DurableEvent | JournalEvent): event is MenuSent {
  return (
    event.name === "message.sent" && event.data.origin === "orquesta" && isMenu(event.data.content)
  );
}

/** Many may answer. */
function isShared({ data }: Pick<Received, "data">): boolean {
  return data.message.chatType !== "direct";
}
