import { FakeTelegramError } from "../fake-telegram-error.ts";
import { forwarded } from "../methods/copy-methods.ts";
import { mediaBody } from "../methods/media-methods.ts";
import { withFoundEntities } from "../wire/found-entities.ts";
import type { Message, MessageBody, MessageEntity, User } from "../wire/types.ts";
import type { FileDetails, MediaKind } from "../world/file-registry.ts";
import { chatMemberOf } from "../world/member.ts";
import type { Room, StoredMessage } from "../world/room.ts";
import { FakeTelegramBot } from "./fake-bot.ts";
import { FakeTelegramBusiness } from "./fake-business.ts";
import { FakeTelegramChat, type Scene } from "./fake-chat.ts";
import type { Press } from "./press.ts";
import { pressButton, react, vote } from "./responses.ts";

/** Where a person acts: a bot means the private chat with it. */
export type Place = FakeTelegramBot | FakeTelegramChat;

export interface WriteOptions {
  /** Id of the message that it answers. */
  readonly replyTo?: number;
  /** Bold, links and so on; commands, links and mentions are found without. */
  readonly entities?: readonly MessageEntity[];
}

export interface FileOptions extends FileDetails {
  readonly fileName?: string;
  readonly mimeType?: string;
  readonly caption?: string;
  readonly replyTo?: number;
  /** Files with the same are one album. */
  readonly albumId?: string;
}

/** A person with the Telegram app. What the app does not allow throws a FakeTelegramError. */
export class FakeTelegramUser {
  /** @internal */
  readonly user: User;
  readonly #scene: Scene;

  /** @internal */
  constructor(scene: Scene, user: User) {
    this.#scene = scene;
    this.user = user;
  }

  get id(): number {
    return this.user.id;
  }

  /** @throws FakeTelegramError NOT_ALLOWED, UNKNOWN_MESSAGE */
  write(place: Place, text: string, { replyTo, entities = [] }: WriteOptions = {}): Message {
    const found = withFoundEntities(text, entities);
    const body = { text, ...(found.length > 0 ? { entities: found } : {}) };
    return this.post(place, body, replyTo);
  }

  /** @throws FakeTelegramError NOT_ALLOWED, UNKNOWN_MESSAGE */
  sendFile(place: Place, kind: MediaKind, bytes: Uint8Array, options: FileOptions = {}): Message {
    const { files } = this.#scene.world;
    const { fileName = "", mimeType = "", caption, albumId, replyTo, ...details } = options;
    const upload = { bytes: Buffer.from(bytes), fileName, mimeType };
    const file = files.store(kind, upload, details);
    const body: MessageBody = {
      ...mediaBody(this.#scene.world, file),
      ...(caption === undefined ? {} : { caption }),
      ...(albumId === undefined ? {} : { media_group_id: albumId }),
    };
    return this.post(place, body, replyTo);
  }

  /** Asks a poll of its own. */
  askPoll(place: Place, question: string, options: readonly string[]): Message {
    const setup = { question, options, isAnonymous: true, isMultiple: false, askedBy: this.id };
    const box = this.#scene.world.openPoll({ ...setup, type: "regular" });
    return this.post(place, { poll: box.poll });
  }

  /** Any message, field by field as the Bot API has it. @throws FakeTelegramError NOT_ALLOWED, UNKNOWN_MESSAGE */
  post(place: Place, body: MessageBody, replyTo?: number): Message {
    const room = this.#roomToWrite(place);
    const answered = replyTo === undefined ? undefined : this.#message(room, replyTo);
    const reply = answered ? { reply_to_message: answered.message } : {};
    return this.#scene.post.post(room, this.user, { ...body, ...reply }).message;
  }

  /** @throws FakeTelegramError NOT_ALLOWED (not the own one), UNKNOWN_MESSAGE */
  edit(place: Place, messageId: number, text: string): Message {
    const room = this.#room(place);
    const stored = this.#message(room, messageId);
    if (stored.authorId !== this.id) {
      throw new FakeTelegramError("NOT_ALLOWED", "people edit their own messages only");
    }
    const entities = withFoundEntities(text, []);
    const body = stored.message.text === undefined ? { caption: text } : { text, entities };
    return this.#scene.post.edit(room, stored, body);
  }

  /** Takes a message away; the Bot API tells no bot of it. @throws FakeTelegramError UNKNOWN_MESSAGE */
  delete(place: Place, messageId: number): void {
    const room = this.#room(place);
    this.#message(room, messageId);
    room.remove(messageId);
  }

  forward(from: Place, messageId: number, to: Place): Message {
    const room = this.#room(from);
    return this.post(to, forwarded(room, this.#message(room, messageId)));
  }

  /**
   * Presses a button under a message.
   * @param button its data, or what it says
   * @throws FakeTelegramError NO_BUTTON, UNKNOWN_MESSAGE
   */
  press(place: Place, messageId: number, button: string): Press {
    const room = this.#room(place);
    return pressButton(this.#scene, this.user, this.#message(room, messageId), button);
  }

  /**
   * @param options positions from 0; none takes the vote back
   * @throws FakeTelegramError UNKNOWN_MESSAGE, NOT_ALLOWED
   */
  vote(place: Place, messageId: number, options: readonly number[]): void {
    const room = this.#room(place);
    vote(this.#scene, this.user, room, this.#message(room, messageId), options);
  }

  /** null takes the reaction back. @throws FakeTelegramError UNKNOWN_MESSAGE */
  react(place: Place, messageId: number, emoji: string | null): void {
    const room = this.#room(place);
    react(this.#scene, this.user, room, this.#message(room, messageId), emoji);
  }

  /** Stops a bot. */
  block(bot: FakeTelegramBot): void {
    bot.account.blockedBy.add(this.id);
    this.#tellBlock(bot, "member", "kicked");
  }

  unblock(bot: FakeTelegramBot): void {
    bot.account.blockedBy.delete(this.id);
    this.#tellBlock(bot, "kicked", "member");
  }

  join(chat: FakeTelegramChat): void {
    this.#scene.changes.join(chat.room, this.user);
  }

  /**
   * Follows an invite link: goes in, or asks to be let in.
   * @throws FakeTelegramError UNKNOWN_CHAT
   */
  joinByLink(url: string): "joined" | "asked" {
    for (const room of this.#scene.world.rooms.values()) {
      const link = room.inviteLinks.get(url);
      if (!link || link.is_revoked) continue;
      if (!link.creates_join_request) {
        this.#scene.changes.join(room, this.user);
        return "joined";
      }
      this.#scene.changes.ask(room, this.user, link);
      return "asked";
    }
    throw new FakeTelegramError("UNKNOWN_CHAT", "the link leads nowhere, or was revoked");
  }

  leave(chat: FakeTelegramChat): void {
    this.#scene.changes.leave(chat.room, this.user);
  }

  /** Lets a bot take part in its private chats. */
  connectBusiness(bot: FakeTelegramBot, canReply = true): FakeTelegramBusiness {
    return new FakeTelegramBusiness(this.#scene, bot.account, {
      id: `business${this.#scene.world.count()}`,
      owner: this.user,
      canReply,
      isEnabled: true,
      date: Math.floor(Date.now() / 1_000),
      rooms: new Map(),
    });
  }

  /** Deletes the account. */
  deactivate(): void {
    this.#scene.world.deactivated.add(this.id);
  }

  setBio(text: string): void {
    this.#scene.world.descriptions.set(this.id, text);
  }

  /** The picture of the account, for everybody to see. */
  setPhoto(bytes: Uint8Array): void {
    const { files, photos } = this.#scene.world;
    const upload = { bytes: Buffer.from(bytes), fileName: "", mimeType: "image/jpeg" };
    photos.set(this.id, files.store("photo", upload));
  }

  /** The file of a message, as the app saves it. @throws FakeTelegramError UNKNOWN_MESSAGE */
  download(message: Message): Uint8Array {
    const { photo, video, animation, audio, voice, video_note, document, sticker } = message;
    const found =
      photo?.at(-1) ?? video ?? animation ?? audio ?? voice ?? video_note ?? document ?? sticker;
    const file = this.#scene.world.files.byUniqueId(found?.file_unique_id ?? "");
    if (file) return file.bytes;
    const why = `message ${message.message_id} has no file that is kept`;
    throw new FakeTelegramError("UNKNOWN_MESSAGE", why);
  }

  #tellBlock(
    { account }: FakeTelegramBot,
    before: "member" | "kicked",
    after: "member" | "kicked",
  ) {
    const member = { user: account.user, rights: [] };
    account.updates.push("my_chat_member", {
      chat: this.#scene.world.privateRoom(account, this.user).chat,
      from: this.user,
      date: Math.floor(Date.now() / 1_000),
      old_chat_member: chatMemberOf({ ...member, status: before }),
      new_chat_member: chatMemberOf({ ...member, status: after }),
    });
  }

  #room(place: Place): Room {
    if (place instanceof FakeTelegramChat) return place.room.migratedTo ?? place.room;
    return this.#scene.world.privateRoom(place.account, this.user);
  }

  #roomToWrite(place: Place): Room {
    const room = this.#room(place);
    const refuse = (why: string): never => {
      throw new FakeTelegramError("NOT_ALLOWED", why);
    };
    if (place instanceof FakeTelegramBot && place.account.blockedBy.has(this.id)) {
      refuse("the bot is blocked: unblock it first");
    }
    const member = room.member(this.id);
    if (room.type !== "private" && !member) refuse(`${this.user.first_name} is not in that chat`);
    if (room.type === "channel" && member?.status === "member") refuse("only administrators post");
    return room;
  }

  #message(room: Room, messageId: number): StoredMessage {
    const stored = room.find(messageId);
    if (stored) return stored;
    throw new FakeTelegramError("UNKNOWN_MESSAGE", `no message ${messageId} in chat ${room.id}`);
  }
}
