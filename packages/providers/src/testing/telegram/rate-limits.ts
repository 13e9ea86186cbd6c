import { tooManyRequests } from "./wire/api-error.ts";

/** How much a bot may send: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this */
export interface RateLimitRules {
  /** Into one chat. @default 1 */
  readonly perChatPerSecond: number;
  /** Into one group. @default 20 */
  readonly perGroupPerMinute: number;
  /** Of one bot. @default 30 */
  readonly perBotPerSecond: number;
}

const REAL: RateLimitRules = { perChatPerSecond: 1, perGroupPerMinute: 20, perBotPerSecond: 30 };

/** Counts what bots send. What is too much is refused and does not count. */
export class RateLimits {
  #rules: RateLimitRules | null = null;
  readonly #sent = new Map<string, number[]>();

  /** Off until it is switched on. */
  enable(rules: Partial<RateLimitRules> = {}): void {
    this.#rules = { ...REAL, ...rules };
  }

  disable(): void {
    this.#rules = null;
    this.#sent.clear();
  }

  /** @throws ApiError 429 with the whole seconds until it is allowed again */
  spend(botId: number, chatId: number, isGroup: boolean, messages = 1): void {
    const rules = this.#rules;
    if (!rules) return;
    const windows: readonly (readonly [string, number, number])[] = [
      [`${botId}`, rules.perBotPerSecond, 1_000],
      [`${botId}:${chatId}`, rules.perChatPerSecond, 1_000],
      ...(isGroup ? [[`${botId}:${chatId}:group`, rules.perGroupPerMinute, 60_000] as const] : []),
    ];
    const now = performance.now();
    for (const [name, limit, windowMs] of windows) {
      const recent = this.#recent(name, now - windowMs);
      // An album may be larger than the limit; it goes when nothing else does.
      const oldest = recent[Math.max(0, recent.length + Math.min(messages, limit) - limit - 1)];
      if (recent.length + Math.min(messages, limit) > limit && oldest !== undefined) {
        throw tooManyRequests(Math.max(1, Math.ceil((oldest + windowMs - now) / 1_000)));
      }
    }
    for (const [name] of windows) {
      const sent = this.#sent.get(name) ?? [];
      for (let count = 0; count < messages; count += 1) sent.push(now);
      this.#sent.set(name, sent);
    }
  }

  #recent(name: string, since: number): readonly number[] {
    const sent = this.#sent.get(name) ?? [];
    const first = sent.findIndex((time) => time > since);
    const recent = first < 0 ? [] : sent.slice(first);
    this.#sent.set(name, recent);
    return recent;
  }
}
