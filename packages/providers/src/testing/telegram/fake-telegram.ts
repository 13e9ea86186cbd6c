import { BotApiDoor } from "./bot-api-door.ts";
import { Webhook } from "./delivery/webhook.ts";
import { FakeTelegramError } from "./fake-telegram-error.ts";
import { type Fault, type FaultHandle, type FaultScope, Faults } from "./faults.ts";
import type { MethodServices } from "./methods/call.ts";
import { runMethod } from "./methods/methods.ts";
import { FakeTelegramBot } from "./people/fake-bot.ts";
import { FakeTelegramChat } from "./people/fake-chat.ts";
import { FakeTelegramUser } from "./people/fake-user.ts";
import { RateLimits } from "./rate-limits.ts";
import { Parameters } from "./wire/parameters.ts";
import type { BotAccount } from "./world/bot-account.ts";
import { Membership } from "./world/membership.ts";
import { PostOffice } from "./world/post-office.ts";
import { type NewUser, World } from "./world/world.ts";

export interface FakeTelegramOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** How many messages per chat, and calls per bot, are remembered. @default 10,000 */
  readonly historyLimit?: number;
  /** How many bytes of files are kept; the oldest go first. @default 256 MiB */
  readonly fileBytes?: number;
  /** How long one second of the wait before a webhook is tried again takes here, ms. @default 1000 */
  readonly webhookSecondMs?: number;
}

export interface BotOptions {
  /** @default "fake_1_bot" and so on */
  readonly username?: string;
  /** @default "Fake" */
  readonly firstName?: string;
  /** Privacy mode off: it sees all messages of its groups. @default false, as with BotFather */
  readonly readsAllGroupMessages?: boolean;
}

/**
 * A Telegram server on this machine, for tests without the real one: give its `url` as API root to any bot
 * library. What the Bot API refuses is refused, in its words.
 */
export class FakeTelegram implements AsyncDisposable {
  /** How much bots may send; off until `enable()`. */
  readonly rateLimits: RateLimits = new RateLimits();
  readonly #faults = new Faults();
  readonly #closed = new AbortController();
  readonly #world: World;
  readonly #post: PostOffice;
  readonly #changes: Membership;
  readonly #services: MethodServices;
  readonly #door: BotApiDoor;
  readonly #webhookSecondMs: number;
  #url = "";
  #closing: Promise<void> | null = null;

  private constructor(options: FakeTelegramOptions) {
    this.#webhookSecondMs = options.webhookSecondMs ?? 1_000;
    this.#world = new World({
      historyLimit: options.historyLimit ?? 10_000,
      fileBytes: options.fileBytes ?? 256 * 1_024 * 1_024,
      closed: this.#closed.signal,
    });
    this.#post = new PostOffice(this.#world);
    this.#changes = new Membership(this.#world, this.#post);
    this.#services = {
      world: this.#world,
      post: this.#post,
      changes: this.#changes,
      rateLimits: this.rateLimits,
      setWebhook: (bot, settings) => {
        bot.webhook?.close();
        bot.webhook = settings
          ? new Webhook(bot.updates, settings, {
              secondMs: this.#webhookSecondMs,
              onReply: (body) => this.#runReply(bot, body),
            })
          : null;
      },
    };
    this.#door = new BotApiDoor(this.#services, this.#faults);
  }

  static async listen(options: FakeTelegramOptions = {}): Promise<FakeTelegram> {
    const telegram = new FakeTelegram(options);
    telegram.#url = await telegram.#door.listen(options.host ?? "127.0.0.1", options.port ?? 0);
    return telegram;
  }

  /** The API root: what stands for https://api.telegram.org. */
  get url(): string {
    return this.#url;
  }

  /** @throws FakeTelegramError NAME_TAKEN */
  createBot(options: BotOptions = {}): FakeTelegramBot {
    const account = this.#world.createBot({
      username: options.username ?? `fake_${this.#world.count()}_bot`,
      firstName: options.firstName ?? "Fake",
      readsAllGroupMessages: options.readsAllGroupMessages ?? false,
    });
    return new FakeTelegramBot(this.#services, account, (botId) => this.#door.cutPolls(botId));
  }

  createUser(user: Partial<NewUser> = {}): FakeTelegramUser {
    const created = this.#world.createUser({ firstName: "Ana", ...user });
    return new FakeTelegramUser(this.#services, created);
  }

  /** A small group; it becomes a supergroup with `migrate`. */
  createGroup(owner: FakeTelegramUser, title: string): FakeTelegramChat {
    return new FakeTelegramChat(this.#services, this.#world.createRoom("group", title, owner.user));
  }

  createSupergroup(owner: FakeTelegramUser, title: string, username?: string): FakeTelegramChat {
    return new FakeTelegramChat(
      this.#services,
      this.#world.createRoom("supergroup", title, owner.user, username),
    );
  }

  createChannel(owner: FakeTelegramUser, title: string, username?: string): FakeTelegramChat {
    return new FakeTelegramChat(
      this.#services,
      this.#world.createRoom("channel", title, owner.user, username),
    );
  }

  /** Plans something that goes wrong with the next requests. */
  fail(fault: Fault, scope?: FaultScope): FaultHandle {
    return this.#faults.plan(fault, scope);
  }

  /** Links to files stop to work, as the real ones do after an hour. */
  expireFileLinks(): void {
    this.#world.files.expireLinks();
  }

  /** Idempotent; leaves no connection, timer or waiting promise. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const bot of this.#world.bots) bot.webhook?.close();
    this.#closed.abort(new FakeTelegramError("SERVER_CLOSED", "the fake Telegram is closed"));
    await this.#door.close();
  }

  /** What a bot asks for in its answer to a webhook is done, and nobody tells it how that went. */
  #runReply(bot: BotAccount, body: Readonly<Record<string, unknown>>): void {
    const { method, ...values } = body;
    if (
      typeof method !== "string" ||
      /^(get|setwebhook|deletewebhook|close|logout)/i.test(method)
    ) {
      return;
    }
    const parameters = new Parameters(values);
    const gone = this.#closed.signal;
    runMethod(method, { ...this.#services, bot, parameters, gone }).then(
      () => bot.calls.push({ method, parameters: values, status: 200 }),
      () => bot.calls.push({ method, parameters: values, status: 400 }),
    );
  }
}
