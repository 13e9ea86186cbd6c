import type { Database } from "../database/database.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { BotPlace, StoredSession } from "./bot-host.ts";

/** What bots remember of chats. */
export class BotSessionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async load({ bot, instanceId, chatId }: BotPlace): Promise<StoredSession | null> {
    const row = await this.#database.queries
      .selectFrom("bot_session")
      .select(["value", "event_id"])
      .where("instance_id", "=", instanceId)
      .where("bot", "=", bot)
      .where("chat_id", "=", chatId)
      .executeTakeFirst();
    return row ? { value: row.value, eventId: row.event_id } : null;
  }

  /**
   * Only over `previous`: a run that was given up for dead, here or on another node, overwrites nothing.
   * @throws FENCE_LOST, INSTANCE_NOT_FOUND
   */
  async save(
    { bot, instanceId, chatId }: BotPlace,
    { value, eventId }: StoredSession,
    previous: string | null,
  ): Promise<void> {
    const row = {
      instance_id: instanceId,
      bot,
      chat_id: chatId,
      value,
      event_id: eventId,
      updated_at: Date.now(),
    };
    await this.#database.write(async (tx) => {
      // One that is being removed is erased already, or will be: nothing may stay behind.
      const instance = await tx
        .selectFrom("instance")
        .select("id")
        .where("id", "=", instanceId)
        .where("desired", "!=", "removed")
        .executeTakeFirst();
      if (!instance) throw new OrquestaError("INSTANCE_NOT_FOUND", "there is no such instance");
      const saved = await tx
        .insertInto("bot_session")
        .values(row)
        .onConflict((conflict) =>
          conflict
            .columns(["instance_id", "bot", "chat_id"])
            .doUpdateSet({ value, event_id: eventId, updated_at: row.updated_at })
            .where("bot_session.event_id", "in", [eventId, previous ?? eventId]),
        )
        .returning("event_id")
        .executeTakeFirst();
      if (saved) return;
      throw new OrquestaError("FENCE_LOST", "another run of this bot has saved the chat's session");
    });
  }
}
