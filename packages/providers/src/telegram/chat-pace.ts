/** So many chats told to wait at the same time mean that it is not the chats but the bot. */
const CHATS_OF_ONE_BOT = 3;

/**
 * When Telegram may be asked again. It says how long to wait but not for what: a chat that gets too much
 * waits alone; when several do at once, all wait.
 * @see https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
 */
export class ChatPace {
  readonly #chats = new Map<string, number>();
  #allUntil = 0;

  /** How long a chat has to wait, ms; 0 when it does not. */
  waitOf(chatId: string): number {
    const until = Math.max(this.#chats.get(chatId) ?? 0, this.#allUntil);
    return Math.max(0, until - Date.now());
  }

  /** Telegram answered 429. */
  slowDown(chatId: string, retryAfterMs: number): void {
    const now = Date.now();
    for (const [other, until] of this.#chats) if (until <= now) this.#chats.delete(other);
    this.#chats.set(chatId, now + retryAfterMs);
    if (this.#chats.size >= CHATS_OF_ONE_BOT) this.#allUntil = now + retryAfterMs;
  }
}
