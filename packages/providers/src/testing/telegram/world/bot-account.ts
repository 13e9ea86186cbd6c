import { BoundedLog } from "../../bounded-log.ts";
import { UpdateQueue } from "../delivery/update-queue.ts";
import type { Webhook } from "../delivery/webhook.ts";
import type { JsonObject } from "../wire/parameters.ts";
import type { CallbackQuery, User } from "../wire/types.ts";
import type { BusinessConnection } from "./business-connection.ts";
import type { Room } from "./room.ts";

/** One call of a method, as the server took it. */
export interface ApiCall {
  readonly method: string;
  readonly parameters: JsonObject;
  /** 200, or the code of the refusal. */
  readonly status: number;
}

/** The answer to a pressed button. */
export interface CallbackAnswer {
  readonly text?: string;
  readonly showAlert: boolean;
  readonly url?: string;
}

export interface OpenCallback {
  readonly query: CallbackQuery;
  readonly answer: (answer: CallbackAnswer) => void;
}

export interface BotAccountOptions {
  readonly user: User;
  readonly token: string;
  readonly readsAllGroupMessages: boolean;
  readonly historyLimit: number;
  readonly firstUpdateId: number;
}

/** One bot as Telegram knows it. */
export class BotAccount {
  user: User;
  token: string;
  readonly readsAllGroupMessages: boolean;
  readonly updates: UpdateQueue;
  webhook: Webhook | null = null;
  readonly calls: BoundedLog<ApiCall>;
  /** Chat actions such as "typing". */
  readonly actions: BoundedLog<{ readonly chatId: number; readonly action: string }>;
  /** By user id. */
  readonly privateRooms = new Map<number, Room>();
  /** Who stopped the bot. */
  readonly blockedBy = new Set<number>();
  readonly callbacks = new Map<string, OpenCallback>();
  readonly connections = new Map<string, BusinessConnection>();
  /** By scope and language. */
  readonly commands = new Map<string, readonly unknown[]>();
  readonly descriptions = new Map<string, string>();
  #messageId = 0;

  constructor(options: BotAccountOptions) {
    this.user = options.user;
    this.token = options.token;
    this.readsAllGroupMessages = options.readsAllGroupMessages;
    this.updates = new UpdateQueue(options.firstUpdateId);
    this.calls = new BoundedLog(options.historyLimit);
    this.actions = new BoundedLog(options.historyLimit);
  }

  get id(): number {
    return this.user.id;
  }

  /** Counts through all private chats of this bot. */
  readonly nextMessageId = (): number => {
    this.#messageId += 1;
    return this.#messageId;
  };
}
