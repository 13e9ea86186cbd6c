import type { Message, MessageBody, UpdateType, User } from "../wire/types.ts";
import type { BotAccount } from "./bot-account.ts";
import { isAdministrator } from "./member.ts";
import { messageForBot } from "./message-view.ts";
import type { Room, StoredMessage } from "./room.ts";
import type { World } from "./world.ts";

const NAMES: Readonly<Record<"new" | "edited", Readonly<Record<string, UpdateType>>>> = {
  new: { chat: "message", channel: "channel_post", business: "business_message" },
  edited: {
    chat: "edited_message",
    channel: "edited_channel_post",
    business: "edited_business_message",
  },
};

/** Tells bots what happens in the chats that they are in. */
export class PostOffice {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Puts a message into a chat and tells it to everybody but its author. */
  post(room: Room, author: User, body: MessageBody, shownAs?: User): StoredMessage {
    const stored = room.add(author, body, shownAs);
    this.#tell(room, stored, "new", author.id);
    return stored;
  }

  /** Changes a message; its author's bot is not told. */
  edit(room: Room, stored: StoredMessage, body: MessageBody): Message {
    const message = room.change(stored, { ...body, edit_date: Math.floor(Date.now() / 1_000) });
    this.#tell(room, stored, "edited", stored.authorId);
    return message;
  }

  /** The bots that are in a chat. */
  botsIn(room: Room): readonly BotAccount[] {
    const bots: BotAccount[] = [];
    if (room.botId !== undefined) {
      const bot = this.#world.botById(room.botId);
      if (bot) bots.push(bot);
      return bots;
    }
    for (const { user } of room.members.values()) {
      const bot = user.is_bot ? this.#world.botById(user.id) : undefined;
      if (bot && room.member(user.id)) bots.push(bot);
    }
    return bots;
  }

  #tell(room: Room, stored: StoredMessage, what: "new" | "edited", authorId: number): void {
    const place = room.connectionId ? "business" : room.type === "channel" ? "channel" : "chat";
    const name = NAMES[what][place];
    if (!name) return;
    const isFromBot = this.#world.botById(authorId) !== undefined;
    for (const bot of this.botsIn(room)) {
      const isHeard = bot.id !== authorId && (!isFromBot || room.type === "channel");
      if (isHeard && sees(bot, room, stored.message)) {
        bot.updates.push(name, messageForBot(bot.id, stored.message));
      }
    }
  }
}

/** In groups a bot sees what is meant for it, unless it may see all: https://core.telegram.org/bots/features#privacy-mode */
function sees(bot: BotAccount, room: Room, message: Message): boolean {
  if (room.type === "private") return !bot.blockedBy.has(room.id);
  if (room.type === "channel" || bot.readsAllGroupMessages) return true;
  const member = room.member(bot.id);
  if (member && isAdministrator(member)) return true;
  if (isServiceMessage(message)) return true;
  if (message.reply_to_message?.from?.id === bot.id) return true;
  const text = message.text ?? message.caption ?? "";
  const name = bot.user.username?.toLowerCase() ?? "";
  if (text.toLowerCase().includes(`@${name}`)) return true;
  return /^\/[a-z0-9_]{1,32}(?=$|\s)/i.test(text);
}

function isServiceMessage(message: Message): boolean {
  return (
    message.new_chat_members !== undefined ||
    message.left_chat_member !== undefined ||
    message.new_chat_title !== undefined ||
    message.new_chat_photo !== undefined ||
    message.delete_chat_photo !== undefined ||
    message.group_chat_created !== undefined ||
    message.migrate_to_chat_id !== undefined ||
    message.migrate_from_chat_id !== undefined ||
    message.pinned_message !== undefined
  );
}
