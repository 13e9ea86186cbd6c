import type { OutboxEntry } from "../outbox/outbox-entry.ts";

interface Chat {
  /** In the order of acceptance. */
  readonly entries: OutboxEntry[];
  /** How many reasons there are to take nothing from it. */
  holds: number;
}

/** Messages that are owed, as far as they are in memory: each chat in order, one message at a time. */
export class OwedChats {
  readonly #chats = new Map<string, Chat>();
  readonly #ready = new Set<string>();
  readonly #ids = new Set<string>();

  /** How many messages are in memory. */
  get held(): number {
    return this.#ids.size;
  }

  /** One that is here already is not added again. */
  add(entry: OutboxEntry): void {
    if (this.#ids.has(entry.id)) return;
    this.#ids.add(entry.id);
    const chat = this.#chatOf(entry.chatId);
    const last = chat.entries.at(-1);
    chat.entries.push(entry);
    if (last && last.seq > entry.seq) chat.entries.sort((a, b) => a.seq - b.seq);
    this.#review(entry.chatId);
  }

  entriesOf(chatId: string): OutboxEntry[] {
    return [...(this.#chats.get(chatId)?.entries ?? [])];
  }

  /** The next message of a chat that is ready; its chat is held until it is let go. */
  takeNext(): OutboxEntry | undefined {
    const [chatId] = this.#ready;
    if (chatId === undefined) return undefined;
    this.hold(chatId);
    return this.#chats.get(chatId)?.entries[0];
  }

  remove(entry: OutboxEntry): void {
    if (!this.#ids.delete(entry.id)) return;
    const entries = this.#chats.get(entry.chatId)?.entries ?? [];
    const index = entries.findIndex(({ id }) => id === entry.id);
    if (index >= 0) entries.splice(index, 1);
    this.#review(entry.chatId);
  }

  hold(chatId: string): void {
    this.#chatOf(chatId).holds += 1;
    this.#review(chatId);
  }

  letGo(chatId: string): void {
    this.#chatOf(chatId).holds -= 1;
    this.#review(chatId);
  }

  #chatOf(chatId: string): Chat {
    const chat = this.#chats.get(chatId) ?? { entries: [], holds: 0 };
    this.#chats.set(chatId, chat);
    return chat;
  }

  #review(chatId: string): void {
    const chat = this.#chats.get(chatId);
    if (chat && chat.holds === 0 && chat.entries.length > 0) this.#ready.add(chatId);
    else this.#ready.delete(chatId);
    if (chat && chat.holds === 0 && chat.entries.length === 0) this.#chats.delete(chatId);
  }
}
