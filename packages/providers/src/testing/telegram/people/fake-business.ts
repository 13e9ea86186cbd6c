import { FakeTelegramError } from "../fake-telegram-error.ts";
import type { Message, MessageBody, User } from "../wire/types.ts";
import type { BotAccount } from "../world/bot-account.ts";
import { type BusinessConnection, businessConnectionOf } from "../world/business-connection.ts";
import type { Room, StoredMessage } from "../world/room.ts";
import { FakeTelegramChat, type Scene } from "./fake-chat.ts";

interface Customer {
  readonly id: number;
}

/** The private chats of a person who lets a bot take part: https://core.telegram.org/bots/features#bots-for-business */
export class FakeTelegramBusiness {
  readonly #scene: Scene;
  readonly #bot: BotAccount;
  readonly #connection: BusinessConnection;

  /** @internal */
  constructor(scene: Scene, bot: BotAccount, connection: BusinessConnection) {
    this.#scene = scene;
    this.#bot = bot;
    this.#connection = connection;
    bot.connections.set(connection.id, connection);
    this.#tellConnection();
  }

  get id(): string {
    return this.#connection.id;
  }

  chatWith(customer: Customer): FakeTelegramChat {
    return new FakeTelegramChat(this.#scene, this.#room(customer));
  }

  /** A customer writes to the owner. */
  receive(customer: Customer, content: string | MessageBody): Message {
    return this.#post(customer, this.#userOf(customer), content);
  }

  /** The owner writes with their own phone. */
  write(customer: Customer, content: string | MessageBody): Message {
    return this.#post(customer, this.#connection.owner, content);
  }

  /** Whoever wrote it changes its text. */
  edit(customer: Customer, messageId: number, text: string): Message {
    const room = this.#room(customer);
    return this.#scene.post.edit(room, this.#message(room, messageId), { text });
  }

  delete(customer: Customer, messageIds: readonly number[]): void {
    const room = this.#room(customer);
    for (const id of messageIds) this.#message(room, id);
    for (const id of messageIds) room.remove(id);
    this.#bot.updates.push("deleted_business_messages", {
      business_connection_id: this.id,
      chat: room.chat,
      message_ids: messageIds,
    });
  }

  /** Whether the bot may write. */
  setCanReply(canReply: boolean): void {
    this.#connection.canReply = canReply;
    this.#tellConnection();
  }

  /** The owner takes the bot out again. */
  disconnect(): void {
    this.#connection.isEnabled = false;
    this.#tellConnection();
  }

  #tellConnection(): void {
    this.#bot.updates.push("business_connection", businessConnectionOf(this.#connection));
  }

  #post(customer: Customer, author: User, content: string | MessageBody): Message {
    const body = typeof content === "string" ? { text: content } : content;
    const room = this.#room(customer);
    const whole = { ...body, business_connection_id: this.id };
    if (!this.#connection.isEnabled) return room.add(author, whole).message;
    return this.#scene.post.post(room, author, whole).message;
  }

  #room(customer: Customer): Room {
    return this.#scene.world.businessRoom(this.#bot, this.#connection, this.#userOf(customer));
  }

  #message(room: Room, messageId: number): StoredMessage {
    const stored = room.find(messageId);
    if (!stored) throw new FakeTelegramError("UNKNOWN_MESSAGE", `no message ${messageId}`);
    return stored;
  }

  #userOf({ id }: Customer): User {
    const user = this.#scene.world.users.get(id);
    if (!user) throw new FakeTelegramError("UNKNOWN_CHAT", `nobody has the id ${id}`);
    return user;
  }
}
