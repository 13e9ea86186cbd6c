import type { Readable } from "node:stream";
import {
  type Contact,
  NO_EVIDENCE,
  OrquestaError,
  type OutboxMessage,
  type Push,
  type Sent,
  type Session,
  type SessionContext,
  type SessionEvidence,
  type SessionOperations,
  waitFor,
} from "@orquesta/core";
import type { Telegram } from "telegraf";
import type { BotUser } from "./api/bot-api-types.ts";
import { ChatPace } from "./chat-pace.ts";
import { Connection } from "./connection.ts";
import { BusinessOwners } from "./incoming/business-owners.ts";
import { contactOfUser } from "./incoming/contact.ts";
import { UpdateReader } from "./incoming/update-reader.ts";
import { MediaDownloads } from "./media-downloads.ts";
import { makeOperations } from "./operations/telegram-operations.ts";
import { MessageSender } from "./outgoing/message-sender.ts";
import { OwnPolls } from "./own-polls.ts";
import { Polling } from "./polling.ts";
import { type Ending, endingOf } from "./session-ending.ts";
import type { ParsedTelegramOptions, TelegramSettings } from "./telegram-options.ts";
import { telegramSettingsSchema } from "./telegram-options.ts";
import { UpdateIntake } from "./update-intake.ts";
import { Webhook } from "./webhook.ts";

const CLOSE_TIMEOUT_MS = 5_000;

export interface TelegramSessionOptions {
  readonly context: SessionContext<TelegramSettings>;
  readonly options: ParsedTelegramOptions;
}

/** One bot, as long as Telegram gives its updates to us. */
export class TelegramSession implements Session {
  readonly operations: SessionOperations;
  readonly #context: SessionContext<TelegramSettings>;
  readonly #options: ParsedTelegramOptions;
  readonly #connection: Connection;
  readonly #polls: OwnPolls;
  readonly #sender: MessageSender;
  readonly #downloads: MediaDownloads;
  #settings: TelegramSettings;
  #me: BotUser | null = null;
  #intake: UpdateIntake | null = null;
  #webhook: Webhook | null = null;
  #isConnected = false;
  #lastPingAt: number | null = null;
  #pingRoundTripMs: number | null = null;
  #lastAckAt: number | null = null;
  #running: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;
  #isOver = false;

  private constructor({ context, options }: TelegramSessionOptions, connection: Connection) {
    const { api } = connection;
    this.#context = context;
    this.#options = options;
    this.#settings = context.settings;
    this.#connection = connection;
    this.#polls = new OwnPolls(context.keys);
    this.#sender = new MessageSender({
      context,
      api,
      pace: new ChatPace(),
      polls: this.#polls,
      onSent: () => {
        this.#lastAckAt = Date.now();
      },
      onTokenRefused: () => this.#finish({ afterwards: "fail", reason: "bad_token" }),
    });
    this.#downloads = new MediaDownloads(connection, context.keys);
    this.operations = makeOperations({
      api,
      context,
      me: () => this.#requireMe(),
      currentChat: (chatId) => this.#sender.currentChat(chatId),
    });
  }

  /** @throws PROVIDER_LIBRARY_MISSING, ABORTED */
  static async open(opening: TelegramSessionOptions): Promise<TelegramSession> {
    const { context, options } = opening;
    const connection = await Connection.of(context.settings, options);
    if (context.signal.aborted) {
      connection.close();
      throw new OrquestaError("ABORTED", "the session was not wanted any more");
    }
    const session = new TelegramSession(opening, connection);
    context.signal.addEventListener("abort", session.#onAbort, { once: true });
    session.#running = session.#run();
    return session;
  }

  get native(): Telegram {
    return this.#connection.api.native;
  }

  evidence(): SessionEvidence {
    if (this.#isOver) return NO_EVIDENCE;
    return {
      lastSeenAt: this.#connection.api.lastSeenAt,
      lastPingAt: this.#lastPingAt,
      pingRoundTripMs: this.#pingRoundTripMs,
      lastAckAt: this.#lastAckAt,
    };
  }

  async send(message: OutboxMessage, signal: AbortSignal): Promise<Sent> {
    if (!this.#isConnected) throw closed();
    return await this.#sender.send(message, signal);
  }

  async openMedia(mediaId: string, signal: AbortSignal): Promise<Readable> {
    if (this.#isOver) throw closed();
    return await this.#downloads.open(mediaId, signal);
  }

  /** Public names and former groups lead to the number that messages come from. */
  async resolveChat(chatId: string, signal: AbortSignal): Promise<string> {
    if (!chatId.startsWith("@")) return await this.#sender.currentChat(chatId);
    const contact = await this.operations.contacts?.get?.(chatId, signal);
    return contact?.id ?? chatId;
  }

  async takePush(push: Push): Promise<void> {
    if (this.#isOver || this.#intake === null) throw closed();
    if (this.#webhook === null) {
      throw new OrquestaError("PUSH_REFUSED", "the bot asks Telegram for its updates itself");
    }
    await this.#intake.take([this.#webhook.open(push)]);
  }

  async applySettings(input: unknown): Promise<"applied" | "reopen"> {
    const settings = telegramSettingsSchema.parse(input);
    const { token, apiRoot, proxy, updates } = this.#settings;
    const isSame =
      settings.token === token &&
      settings.apiRoot === apiRoot &&
      settings.proxy === proxy &&
      settings.updates === updates;
    if (!isSame || !this.#isConnected) return "reopen";
    await this.#setCommands(settings);
    this.#settings = settings;
    return "applied";
  }

  close({ logout = false }: { readonly logout?: boolean } = {}): Promise<void> {
    this.#closing ??= this.#close(logout);
    return this.#closing;
  }

  async #run(): Promise<void> {
    try {
      const me = await this.#getMe();
      this.#me = me;
      await this.#setCommands(this.#settings).catch((error: unknown) =>
        this.#context.logger.warn("Telegram did not take the commands", { error }),
      );
      this.#intake = this.#makeIntake(me);
      if (this.#settings.updates === "webhook") await this.#takePosted(me);
      else await this.#poll(me, this.#intake);
    } catch (error) {
      this.#finish(endingOf(error), error);
    }
  }

  async #getMe(): Promise<BotUser> {
    const askedAt = Date.now();
    const me = await this.#connection.api.call<BotUser>("getMe");
    this.#onAnswer();
    this.#pingRoundTripMs = Date.now() - askedAt;
    return me;
  }

  async #poll(me: BotUser, intake: UpdateIntake): Promise<void> {
    const { logger, keys } = this.#context;
    await new Polling({
      api: this.#connection.api,
      keys,
      intake,
      logger,
      botId: String(me.id),
      pollSeconds: this.#options.pollSeconds,
      timeoutMs: this.#options.timeoutMs,
      onConnected: () => this.#onConnected(contactOfUser(me)),
      onAnswer: () => this.#onAnswer(),
    }).run();
  }

  async #takePosted(me: BotUser): Promise<void> {
    const url = this.#options.webhookUrl?.(this.#context.instanceId);
    if (url === undefined) {
      const message = 'updates "webhook" needs the option webhookUrl of the provider';
      throw new OrquestaError("CONFIGURATION_INVALID", message);
    }
    this.#webhook = new Webhook({
      context: this.#context,
      api: this.#connection.api,
      botId: String(me.id),
      url,
      checkSeconds: this.#options.pollSeconds,
      onConnected: () => this.#onConnected(contactOfUser(me)),
      onAnswer: () => this.#onAnswer(),
    });
    await this.#webhook.run();
  }

  #makeIntake(me: BotUser): UpdateIntake {
    const { keys } = this.#context;
    const { api } = this.#connection;
    const owners = new BusinessOwners(api, keys);
    const reader = new UpdateReader({ me, keys, polls: this.#polls, owners });
    return new UpdateIntake({ context: this.#context, api, reader });
  }

  async #setCommands({ commands }: TelegramSettings): Promise<void> {
    if (commands !== null) await this.#connection.api.call("setMyCommands", { commands });
  }

  #onAnswer(): void {
    this.#lastPingAt = Date.now();
  }

  #onConnected(account: Contact): void {
    if (this.#isOver || this.#closing !== null) return;
    this.#isConnected = true;
    this.#context.report({ state: "connected", account });
  }

  /** Arrow function: it is added and removed as a listener. */
  readonly #onAbort = (): void => {
    void this.close();
  };

  /** Whoever closes the session knows what comes of it. */
  #finish(ending: Ending, cause?: unknown): void {
    if (this.#isOver) return;
    this.#dispose();
    if (this.#closing === null) {
      this.#context.report({ state: "closed", ...ending, ...(cause !== undefined && { cause }) });
    }
  }

  async #close(logout: boolean): Promise<void> {
    if (this.#isOver) return;
    this.#isConnected = false;
    if (logout && this.#webhook !== null) {
      const { api } = this.#connection;
      await api.call("deleteWebhook", {}, { timeoutMs: CLOSE_TIMEOUT_MS }).catch(() => {});
    }
    this.#dispose();
    // A batch that is being stored may end.
    await waitFor(this.#running, "closing", { timeoutMs: CLOSE_TIMEOUT_MS }).catch(() => {});
  }

  #dispose(): void {
    this.#isOver = true;
    this.#isConnected = false;
    this.#connection.close();
    this.#context.signal.removeEventListener("abort", this.#onAbort);
  }

  #requireMe(): BotUser {
    if (this.#me === null || this.#isOver) throw closed();
    return this.#me;
  }
}

function closed(): OrquestaError {
  return new OrquestaError("SESSION_CLOSED", "the session is not connected");
}
