import type { DurableEvent } from "../event/instance-event.ts";
import type { Owner } from "../journal/journal.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import type { Committer } from "./committer.ts";
import type { SendResult } from "./send-result.ts";

/** Writes down what became of a message of ours, with its event. */
export class Settlement {
  readonly #committer: Committer;
  readonly #outbox: Outbox;

  constructor(committer: Committer, outbox: Outbox) {
    this.#committer = committer;
    this.#outbox = outbox;
  }

  /**
   * @param also what else this tells
   * @throws FENCE_LOST, DATABASE_FAILED
   */
  async settle(
    owner: Owner,
    entry: OutboxEntry,
    result: SendResult,
    also: readonly DurableEvent[] = [],
  ): Promise<void> {
    const { id: outboxId, chatId, content } = entry;
    if (result.status === "sent") {
      const { messageId, since } = result;
      const now = Date.now();
      const sentAt = new Date(now).toISOString();
      await this.#committer.commit(
        owner,
        {
          events: [
            {
              name: "message.sent",
              chatId,
              data: { origin: "orquesta", outboxId, messageId, chatId, sentAt, content },
            },
            ...also,
          ],
        },
        (tx) => this.#outbox.markSent(tx, entry, { messageId, sentAt: now, since }),
      );
    } else {
      const { status, error } = result;
      const { messageId } = entry;
      await this.#committer.commit(
        owner,
        {
          events: [
            {
              name: "message.updated",
              chatId,
              data: { chatId, messageId, status, contactId: null, error },
            },
            ...also,
          ],
        },
        (tx) => this.#outbox.markEnded(tx, outboxId, status, error),
      );
    }
  }
}
