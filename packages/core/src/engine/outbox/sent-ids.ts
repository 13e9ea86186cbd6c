import type { Database } from "../database/database.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { OutboxContent } from "../message/outgoing-content.ts";
import { referenceOf, withReference } from "../message/reference.ts";

/**
 * Where the platform chooses the ids, `send` gives one of ours before the message is sent. What is sent
 * about that message names either.
 */
export class SentIds {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * The content with the platform's id of the message that it is about.
   * @throws SEND_REJECTED when that is a message of ours that the platform does not have
   */
  async resolve(instanceId: string, content: OutboxContent): Promise<OutboxContent> {
    const reference = referenceOf(content);
    if (reference === null) return content;
    const messageId = await this.find(instanceId, reference);
    if (messageId !== null) return withReference(content, messageId);
    const message = "the platform does not have the message that it is about, or not surely";
    throw new OrquestaError("SEND_REJECTED", message);
  }

  /** The platform's id of a message; null when it is one of ours that is not known to be sent. */
  async find(instanceId: string, messageId: string): Promise<string | null> {
    const row = await this.#database.queries
      .selectFrom("outbox")
      .select(["message_id", "sent_at"])
      .where("instance_id", "=", instanceId)
      .where((eb) =>
        eb.or([
          eb("accepted_id", "=", messageId),
          eb.and([eb("message_id", "=", messageId), eb("sent_at", "is", null)]),
        ]),
      )
      .executeTakeFirst();
    if (!row) return messageId;
    return row.sent_at === null ? null : row.message_id;
  }
}
