import { randomBytes } from "node:crypto";
import { FakeTelegramError } from "../fake-telegram-error.ts";
import type { ChatType, User } from "../wire/types.ts";
import { BotAccount } from "./bot-account.ts";
import type { BusinessConnection } from "./business-connection.ts";
import { FileRegistry, type StoredFile } from "./file-registry.ts";
import { ADMINISTRATOR_RIGHTS } from "./member.ts";
import { PollBox, type PollSetup } from "./poll-box.ts";
import { Room, type RoomOptions } from "./room.ts";

export interface WorldOptions {
  readonly historyLimit: number;
  readonly fileBytes: number;
  readonly closed: AbortSignal;
}

export interface NewBot {
  readonly username: string;
  readonly firstName: string;
  readonly readsAllGroupMessages: boolean;
}

export interface NewUser {
  readonly firstName: string;
  readonly lastName?: string;
  readonly username?: string;
  readonly languageCode?: string;
}

/** Everything that this Telegram knows: who there is and what was said. */
export class World {
  readonly options: WorldOptions;
  readonly files: FileRegistry;
  readonly users = new Map<number, User>();
  /** Whose account is gone. */
  readonly deactivated = new Set<number>();
  /** What people say about themselves, by id. */
  readonly descriptions = new Map<number, string>();
  /** The pictures of people, by id. */
  readonly photos = new Map<number, StoredFile>();
  /** Groups, supergroups and channels. */
  readonly rooms = new Map<number, Room>();
  readonly polls = new Map<string, PollBox>();
  readonly #bots = new Map<string, BotAccount>();
  readonly #botsById = new Map<number, BotAccount>();
  #counter = 0;

  constructor(options: WorldOptions) {
    this.options = options;
    this.files = new FileRegistry(options.fileBytes);
  }

  get bots(): readonly BotAccount[] {
    return [...this.#bots.values()];
  }

  botByToken(token: string): BotAccount | undefined {
    return this.#bots.get(token);
  }

  botById(id: number): BotAccount | undefined {
    return this.#botsById.get(id);
  }

  /** A number that was not given before. */
  count(): number {
    this.#counter += 1;
    return this.#counter;
  }

  createBot({ username, firstName, readsAllGroupMessages }: NewBot): BotAccount {
    const taken = this.bots.some(({ user }) => user.username === username);
    if (taken) throw new FakeTelegramError("NAME_TAKEN", `there is a bot @${username} already`);
    const user = {
      id: 7_000_000_000 + this.count(),
      is_bot: true,
      first_name: firstName,
      username,
    };
    const bot = new BotAccount({
      user,
      token: newToken(user.id),
      readsAllGroupMessages,
      historyLimit: this.options.historyLimit,
      firstUpdateId: 100_000_000 + this.count() * 1_000_000,
    });
    this.#bots.set(bot.token, bot);
    this.#botsById.set(bot.id, bot);
    return bot;
  }

  /** The old token is unknown from now on. */
  revokeToken(bot: BotAccount): void {
    this.#bots.delete(bot.token);
    bot.token = newToken(bot.id);
    this.#bots.set(bot.token, bot);
  }

  createUser({ firstName, lastName, username, languageCode }: NewUser): User {
    const user: User = {
      id: 500_000_000 + this.count(),
      is_bot: false,
      first_name: firstName,
      ...(lastName ? { last_name: lastName } : {}),
      ...(username ? { username } : {}),
      ...(languageCode ? { language_code: languageCode } : {}),
    };
    this.users.set(user.id, user);
    return user;
  }

  createRoom(type: ChatType, title: string, owner: User, username?: string): Room {
    const number = this.count();
    const room = new Room({
      id: type === "group" ? -4_000_000_000 - number : -1_002_000_000_000 - number,
      type,
      title,
      ...(username ? { username } : {}),
      nextMessageId: counter(),
      historyLimit: this.options.historyLimit,
      closed: this.options.closed,
    });
    this.rooms.set(room.id, room);
    room.members.set(owner.id, { user: owner, status: "creator", rights: ADMINISTRATOR_RIGHTS });
    return room;
  }

  /** The chat between a bot and a person; it begins when the person writes. */
  privateRoom(bot: BotAccount, user: User): Room {
    const existing = bot.privateRooms.get(user.id);
    if (existing) return existing;
    const room = this.#roomWith(user, { botId: bot.id, nextMessageId: bot.nextMessageId });
    bot.privateRooms.set(user.id, room);
    return room;
  }

  /** A private chat of the owner of a business connection. */
  businessRoom(bot: BotAccount, connection: BusinessConnection, peer: User): Room {
    const existing = connection.rooms.get(peer.id);
    if (existing) return existing;
    const room = this.#roomWith(peer, {
      botId: bot.id,
      connectionId: connection.id,
      nextMessageId: counter(),
    });
    connection.rooms.set(peer.id, room);
    return room;
  }

  #roomWith(user: User, side: Pick<RoomOptions, "botId" | "connectionId" | "nextMessageId">): Room {
    return new Room({
      id: user.id,
      type: "private",
      user,
      ...side,
      historyLimit: this.options.historyLimit,
      closed: this.options.closed,
    });
  }

  openPoll(setup: Omit<PollSetup, "id">): PollBox {
    const box = new PollBox({ ...setup, id: String(5_000_000_000_000_000 + this.count()) });
    this.polls.set(box.setup.id, box);
    if (this.polls.size > this.options.historyLimit) {
      const [oldest] = this.polls.keys();
      if (oldest !== undefined) this.polls.delete(oldest);
    }
    return box;
  }
}

function newToken(botId: number): string {
  return `${botId}:AA${randomBytes(25).toString("base64url").slice(0, 33)}`;
}

function counter(): () => number {
  let last = 0;
  return () => {
    last += 1;
    return last;
  };
}
