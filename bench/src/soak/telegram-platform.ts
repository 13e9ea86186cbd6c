import { sampleFiles } from "@orquesta/core/testing";
import {
  FakeTelegram,
  type FakeTelegramBot,
  type FakeTelegramFault,
  type FakeTelegramUser,
} from "@orquesta/providers/testing";
import type { EngineProcess } from "./engine-process.ts";
import { PEOPLE, type SoakAccount, type SoakPlatform } from "./soak-platform.ts";
import type { Tally } from "./tally.ts";

/** Enough for what comes between two looks at a chat. */
const HISTORY = 200;
const FILE_BYTES = 16 * 1024 * 1024;

class TelegramAccount implements SoakAccount {
  readonly provider = "telegram";
  readonly instanceId: string;
  readonly bot: FakeTelegramBot;
  readonly #people: readonly FakeTelegramUser[];

  constructor(bot: FakeTelegramBot, people: readonly FakeTelegramUser[], instanceId: string) {
    this.bot = bot;
    this.#people = people;
    this.instanceId = instanceId;
  }

  get pending(): number {
    return this.bot.pendingUpdates.length;
  }

  async write(text: string, kind: "text" | "image", round: number): Promise<void> {
    const person = this.#people[round % this.#people.length];
    if (kind === "text") person?.write(this.bot, text);
    else person?.sendFile(this.bot, "photo", sampleFiles.JPEG, { caption: text });
  }
}

/** The fake Telegram with its bots. */
export class TelegramPlatform implements SoakPlatform {
  readonly accounts: TelegramAccount[] = [];
  readonly telegram: FakeTelegram;
  readonly #people: readonly FakeTelegramUser[];
  /** Ids of the last messages that are counted, by chat. */
  readonly #counted = new Map<string, number>();

  private constructor(telegram: FakeTelegram) {
    this.telegram = telegram;
    this.#people = Array.from({ length: PEOPLE }, (_, n) =>
      telegram.createUser({ firstName: `Person ${n}` }),
    );
  }

  static async listen(): Promise<TelegramPlatform> {
    const options = { historyLimit: HISTORY, fileBytes: FILE_BYTES };
    return new TelegramPlatform(await FakeTelegram.listen(options));
  }

  async fill(engine: EngineProcess, instances: number): Promise<void> {
    for (let index = this.accounts.length; index < instances; index += 1) {
      const bot = this.telegram.createBot();
      const name = `telegram ${index}`;
      const settings = { token: bot.token };
      const { id } = await engine.ask("add", { provider: "telegram", name, settings });
      await engine.ask("connected", { id });
      this.accounts.push(new TelegramAccount(bot, this.#people, id));
    }
  }

  collect(tally: Tally): void {
    for (const { bot } of this.accounts) {
      for (const person of this.#people) {
        const chat = `${bot.id}/${person.id}`;
        const counted = this.#counted.get(chat) ?? 0;
        const fresh = bot.chatWith(person).messages.filter((one) => one.message_id > counted);
        for (const { from, text, caption } of fresh) {
          if (from?.id === bot.id) tally.count("shown", caption ?? text);
        }
        this.#counted.set(chat, fresh.at(-1)?.message_id ?? counted);
      }
    }
  }

  /** @returns whether there was a question for updates to break */
  drop(index: number): boolean {
    return (this.accounts[index % this.accounts.length]?.bot.cutPolls() ?? 0) > 0;
  }

  /** The next requests of a bot go wrong. */
  fail(index: number, fault: FakeTelegramFault, method: string, times = 1): void {
    const bot = this.accounts[index % this.accounts.length]?.bot;
    if (bot) this.telegram.fail(fault, { method, botId: bot.id, times });
  }

  close(): Promise<void> {
    return this.telegram.close();
  }
}
