import type { ChatOperations, IncomingMessage, Logger } from "@orquesta/core";
import type { LiveSettings } from "./live-settings.ts";

export interface AutomaticReadingParts {
  readonly chats: Pick<ChatOperations, "markRead">;
  readonly settings: LiveSettings;
  readonly ended: AbortSignal;
  readonly logger: Logger;
}

const STATUS_CHAT = "status@broadcast";

/** Marks as read what is in the journal, where the settings say so. What fails stays unread. */
export class AutomaticReading {
  readonly #parts: AutomaticReadingParts;
  /** Chat → its messages of this turn: a burst has one receipt. */
  #waiting = new Map<string, string[]>();

  constructor(parts: AutomaticReadingParts) {
    this.#parts = parts;
  }

  consider({ chatId, chatType, id }: IncomingMessage): void {
    const { readMessages, readStatus } = this.#parts.settings.current;
    const isWanted = chatId === STATUS_CHAT ? readStatus : readMessages && chatType !== "channel";
    if (!isWanted) return;
    const ids = this.#waiting.get(chatId);
    if (ids !== undefined) ids.push(id);
    else this.#waiting.set(chatId, [id]);
    if (this.#waiting.size === 1 && ids === undefined) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const { chats, ended, logger } = this.#parts;
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const [chatId, ids] of waiting) {
      chats.markRead(chatId, ids, ended).catch((error: unknown) => {
        if (!ended.aborted) logger.warn("messages could not be marked as read", { error });
      });
    }
  }
}
