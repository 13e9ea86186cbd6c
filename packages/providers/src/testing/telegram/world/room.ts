import { type WaitOptions, withDeadline } from "../../deadline.ts";
import { FakeTelegramError } from "../fake-telegram-error.ts";
import { badRequest } from "../wire/api-error.ts";
import type { Chat, ChatType, Message, MessageBody, ReactionType, User } from "../wire/types.ts";
import type { StoredFile } from "./file-registry.ts";
import type { InviteLink } from "./invite-link.ts";
import { isInside, type Member } from "./member.ts";

/** A message with what is known of it besides. */
export interface StoredMessage {
  message: Message;
  readonly authorId: number;
  /** By user id. */
  readonly reactions: Map<number, readonly ReactionType[]>;
}

type Waiter = (message: Message) => void;

export interface RoomOptions {
  readonly id: number;
  readonly type: ChatType;
  readonly title?: string;
  readonly username?: string;
  readonly user?: User;
  /** The bot whose private chat it is. */
  readonly botId?: number;
  /** The business connection through which a bot sees it. */
  readonly connectionId?: string;
  /** Where the ids of messages come from: one bot counts through all its private chats. */
  readonly nextMessageId: () => number;
  readonly historyLimit: number;
  readonly closed: AbortSignal;
}

/** A chat: private, group, supergroup or channel. */
export class Room {
  readonly id: number;
  type: ChatType;
  title: string | undefined;
  description: string | undefined;
  username: string | undefined;
  photo: StoredFile | undefined;
  /** What members may do; what is absent they may. */
  permissions: Readonly<Record<string, boolean>> = {};
  /** The supergroup that this group became. */
  migratedTo: Room | undefined;
  readonly members = new Map<number, Member>();
  readonly inviteLinks = new Map<string, InviteLink>();
  readonly pinned: number[] = [];
  /** Who asks to be let in, by id. */
  readonly joinRequests = new Map<number, User>();
  /** The newest message that was read, in a chat of a business connection. */
  readUpTo = 0;
  /** The person at the other end of a private chat. */
  readonly user: User | undefined;
  readonly botId: number | undefined;
  readonly connectionId: string | undefined;
  readonly #messages = new Map<number, StoredMessage>();
  readonly #waiters = new Set<Waiter>();
  readonly #options: RoomOptions;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.id = options.id;
    this.type = options.type;
    this.title = options.title;
    this.username = options.username;
    this.user = options.user;
    this.botId = options.botId;
    this.connectionId = options.connectionId;
  }

  get chat(): Chat {
    const { id, type, user } = this;
    if (user) {
      const { first_name, last_name, username } = user;
      return {
        id,
        type,
        first_name,
        ...(last_name ? { last_name } : {}),
        ...(username ? { username } : {}),
      };
    }
    const username = this.username ? { username: this.username } : {};
    return { id, type, title: this.title ?? "", ...username };
  }

  /** The newest ones, oldest first. */
  get messages(): readonly Message[] {
    return [...this.#messages.values()].map(({ message }) => message);
  }

  /** @param shownAs whose name it bears, when a bot writes for somebody */
  add(author: User, body: MessageBody, shownAs: User = author): StoredMessage {
    const isChannel = this.type === "channel";
    const message: Message = {
      message_id: this.#options.nextMessageId(),
      ...(isChannel ? { sender_chat: this.chat } : { from: shownAs }),
      chat: this.chat,
      date: Math.floor(Date.now() / 1_000),
      ...body,
    };
    const stored: StoredMessage = { message, authorId: author.id, reactions: new Map() };
    this.#messages.set(message.message_id, stored);
    if (this.#messages.size > this.#options.historyLimit) {
      const [oldest] = this.#messages.keys();
      if (oldest !== undefined) this.#messages.delete(oldest);
    }
    for (const waiter of this.#waiters) waiter(message);
    return stored;
  }

  find(messageId: number): StoredMessage | undefined {
    return this.#messages.get(messageId);
  }

  /** @throws ApiError 400 "… not found" */
  get(messageId: number, what: string): StoredMessage {
    const stored = this.#messages.get(messageId);
    if (!stored) throw badRequest(`${what} not found`);
    return stored;
  }

  /** Puts new content into a message; what waits for messages sees it, too. */
  change(stored: StoredMessage, body: MessageBody): Message {
    stored.message = { ...stored.message, ...body };
    for (const waiter of this.#waiters) waiter(stored.message);
    return stored.message;
  }

  remove(messageId: number): boolean {
    const pinned = this.pinned.indexOf(messageId);
    if (pinned >= 0) this.pinned.splice(pinned, 1);
    return this.#messages.delete(messageId);
  }

  member(userId: number): Member | undefined {
    const member = this.members.get(userId);
    return member && isInside(member) ? member : undefined;
  }

  /** The first message, there already or still to come, that `matches` accepts; edits count, too. */
  waitFor(matches: (message: Message) => boolean, options: WaitOptions = {}): Promise<Message> {
    for (const { message } of this.#messages.values()) {
      if (matches(message)) return Promise.resolve(message);
    }
    const { closed } = this.#options;
    const signal = options.signal ? AbortSignal.any([options.signal, closed]) : closed;
    return withDeadline<Message>(
      `a message in chat ${this.id}`,
      { ...options, signal },
      (resolve) => {
        const waiter: Waiter = (message) => {
          if (matches(message)) resolve(message);
        };
        this.#waiters.add(waiter);
        return () => this.#waiters.delete(waiter);
      },
      FakeTelegramError,
    );
  }
}
