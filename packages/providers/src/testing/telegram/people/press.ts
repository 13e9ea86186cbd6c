import { type WaitOptions, withDeadline } from "../../deadline.ts";
import { FakeTelegramError } from "../fake-telegram-error.ts";
import type { CallbackQuery } from "../wire/types.ts";
import type { BotAccount, CallbackAnswer } from "../world/bot-account.ts";

const MAX_OPEN = 1_000;

/** A pressed button. */
export class Press {
  readonly #bot: BotAccount;
  readonly #query: CallbackQuery;
  #answer: CallbackAnswer | null = null;
  #waiting: ((answer: CallbackAnswer) => void) | null = null;

  /** @internal */
  constructor(bot: BotAccount, query: CallbackQuery) {
    this.#bot = bot;
    this.#query = query;
    bot.callbacks.set(query.id, {
      query,
      answer: (answer) => {
        this.#answer = answer;
        this.#waiting?.(answer);
      },
    });
    const [oldest] = bot.callbacks.keys();
    if (bot.callbacks.size > MAX_OPEN && oldest !== undefined) bot.callbacks.delete(oldest);
  }

  /** What the bot said, undefined while it has not. */
  get answer(): CallbackAnswer | undefined {
    return this.#answer ?? undefined;
  }

  /** @throws FakeTelegramError TIMEOUT, ABORTED */
  answered(options: WaitOptions = {}): Promise<CallbackAnswer> {
    if (this.#answer) return Promise.resolve(this.#answer);
    return withDeadline<CallbackAnswer>(
      "the answer to a pressed button",
      options,
      (resolve) => {
        this.#waiting = resolve;
        return () => {
          this.#waiting = null;
        };
      },
      FakeTelegramError,
    );
  }

  /** From now on it is too late to answer. */
  expire(): void {
    this.#bot.callbacks.delete(this.#query.id);
  }
}
