import { Database } from "../../engine/database/database.ts";
import type { DurableEvent } from "../../engine/event/instance-event.ts";
import { Journal } from "../../engine/journal/journal.ts";
import { sqliteDialect } from "../../index.ts";

/** A journal on a database of its own, without the rest of the engine. */
export class LoneJournal implements AsyncDisposable {
  readonly database: Database;
  readonly journal: Journal;

  private constructor(database: Database) {
    this.database = database;
    this.journal = new Journal(database);
  }

  static async open(instanceIds: readonly string[]): Promise<LoneJournal> {
    const database = await Database.open(sqliteDialect({ path: ":memory:" }));
    await database.write(async (tx) => {
      for (const id of instanceIds) {
        await tx
          .insertInto("instance")
          .values({
            id,
            name: id,
            company_id: "",
            provider: "fake",
            settings: Buffer.from(""),
            metadata: "{}",
            desired: "running",
            generation: 0,
            observed_generation: 0,
            forget_keys: 0,
            status: "connected",
            reason: null,
            paired: 1,
            account: null,
            head: 0,
            fence: 1,
            lease_node: null,
            lease_expires_at: 0,
            created_at: 0,
            updated_at: 0,
          })
          .execute();
      }
    });
    return new LoneJournal(database);
  }

  /** Appends messages, each in the chat that it names: `chat/text`. */
  async append(instanceId: string, ...messages: readonly string[]): Promise<void> {
    const events = messages.map(messageEvent);
    const appended = await this.database.write((tx) =>
      this.journal.append(tx, { instanceId, fence: 1 }, events),
    );
    this.journal.announce(appended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database.close();
  }
}

function messageEvent(message: string): DurableEvent {
  const [chatId = "", text = ""] = message.split("/");
  const data = { chatId, messageId: text, status: "read", contactId: null, error: null } as const;
  return { name: "message.updated", chatId, data };
}
