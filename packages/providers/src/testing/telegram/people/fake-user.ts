import { FakeTelegramError } from "../fake-telegram-error.ts";
import { withFoundEntities } from "../wire/found-entities.ts";
import type { Message, MessageBody, MessageEntity, User } from "../wire/types.ts";
import type { PostOffice } from "../world/post-office.ts";
import type { Room } from "../world/room.ts";
import type { World } from "../world/world.ts";
import { FakeTelegramBot } from "./fake-bot.ts";
import type { FakeTelegramChat } from "./fake-chat.ts";

/** Where a person writes to: a bot means the private chat with it. */
export type Place = FakeTelegramBot | FakeTelegramChat;

export interface WriteOptions {
  /** The message that it answers. */
  readonly replyTo?: number;
  /** Bold, links and so on; commands, links and mentions are found without. */
  readonly entities?: readonly MessageEntity[];
}

/** A person with the Telegram app. */
export class FakeTelegramUser {
  /** @internal */
  readonly user: User;
  readonly #world: World;
  readonly #post: PostOffice;

  /** @internal */
  constructor(world: World, post: PostOffice, user: User) {
    this.#world = world;
    this.#post = post;
    this.user = user;
  }

  get id(): number {
    return this.user.id;
  }

  /** @throws FakeTelegramError NOT_ALLOWED */
  write(place: Place, text: string, { replyTo, entities = [] }: WriteOptions = {}): Message {
    const found = withFoundEntities(text, entities);
    return this.post(
      place,
      { text, ...(found.length > 0 ? { entities: found } : {}) },
      replyTo === undefined ? {} : { replyTo },
    );
  }

  /** Any message, field by field as the Bot API has it. @throws FakeTelegramError NOT_ALLOWED */
  post(place: Place, body: MessageBody, { replyTo }: Pick<WriteOptions, "replyTo"> = {}): Message {
    const room = this.#roomToWrite(place);
    const answered = replyTo === undefined ? undefined : room.find(replyTo);
    if (replyTo !== undefined && !answered) {
      throw new FakeTelegramError("UNKNOWN_MESSAGE", `no message ${replyTo} in chat ${room.id}`);
    }
    const reply = answered ? { reply_to_message: answered.message } : {};
    return this.#post.post(room, this.user, { ...body, ...reply }).message;
  }

  #roomToWrite(place: Place): Room {
    if (place instanceof FakeTelegramBot) {
      if (place.account.blockedBy.has(this.id)) {
        throw new FakeTelegramError("NOT_ALLOWED", "the bot is blocked: unblock it first");
      }
      return this.#world.privateRoom(place.account, this.user);
    }
    const { room } = place;
    if (room.type === "private") return room;
    if (!room.member(this.id)) {
      throw new FakeTelegramError(
        "NOT_ALLOWED",
        `${this.user.first_name} is not in chat ${room.id}`,
      );
    }
    return room;
  }
}
