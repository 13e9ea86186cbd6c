import { BoundedMap } from "../../shared/bounded-map/bounded-map.ts";

const MAX_CHATS = 500;
const MAX_PER_CHAT = 200;

/** What came in since the session was opened and was not marked as read. */
export class UnreadMessages {
  readonly #chats = new BoundedMap<string, string[]>(MAX_CHATS);

  add(chatId: string, messageId: string): void {
    const ids = this.#chats.get(chatId);
    if (ids === undefined) this.#chats.set(chatId, [messageId]);
    else {
      ids.push(messageId);
      if (ids.length > MAX_PER_CHAT) ids.shift();
    }
  }

  of(chatId: string): readonly string[] {
    return this.#chats.get(chatId) ?? [];
  }

  forget(chatId: string, messageIds: readonly string[]): void {
    const gone = new Set(messageIds);
    const left = this.of(chatId).filter((id) => !gone.has(id));
    if (left.length > 0) this.#chats.set(chatId, left);
    else this.#chats.delete(chatId);
  }
}
