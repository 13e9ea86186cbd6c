import type { DurableEvent, IncomingContent, KeyChange, SessionKeys } from "@orquesta/core";
import type { BotMessage, BotUpdate, BotUser } from "../api/bot-api-types.ts";
import { chatIdOf } from "../chat-id.ts";
import { choiceMessageId } from "../message-id.ts";
import type { OwnPolls } from "../own-polls.ts";
import { readValue, toKey } from "../session-values.ts";
import type { BusinessOwners } from "./business-owners.ts";
import { contactOfChat, contactOfUser } from "./contact.ts";
import { readMemberUpdate, readServiceMessage } from "./group-changes.ts";
import { unsupported } from "./incoming-content.ts";
import { chatIdOfMessage, chatTypeOf, readMessage, toTime } from "./incoming-message.ts";

/** What an update comes to. */
export interface ReadUpdate {
  readonly events: readonly DurableEvent[];
  readonly keys: readonly KeyChange[];
  /** A button was pressed: its id wants an answer once this is durable. */
  readonly callbackId?: string;
}

export interface UpdateReaderParts {
  readonly me: BotUser;
  readonly keys: SessionKeys;
  readonly polls: OwnPolls;
  readonly owners: BusinessOwners;
}

const NOTHING: ReadUpdate = { events: [], keys: [] };

/** Makes events of updates. */
export class UpdateReader {
  readonly #parts: UpdateReaderParts;

  constructor(parts: UpdateReaderParts) {
    this.#parts = parts;
  }

  /** @throws TypeError when the update is not what it should be */
  async read(update: BotUpdate): Promise<ReadUpdate> {
    const incoming = update.message ?? update.channel_post;
    if (incoming) return this.#readIncoming(incoming);
    const edited =
      update.edited_message ?? update.edited_channel_post ?? update.edited_business_message;
    if (edited) return this.#readEdited(edited, update.update_id);
    if (update.business_message) return await this.#readBusiness(update.business_message);
    if (update.callback_query) return await this.#readChoice(update.callback_query);
    if (update.poll_answer) return await this.#readVote(update.poll_answer, update.update_id);
    const { business_connection: connection } = update;
    if (connection) return { events: [], keys: [this.#parts.owners.learn(connection)] };
    return { events: eventsOf(update), keys: [] };
  }

  /** What is left of an update that cannot be read: that something came, where it says from whom. */
  readUnreadable(update: BotUpdate): ReadUpdate {
    const message = update.message ?? update.channel_post ?? update.business_message;
    if (!message) return NOTHING;
    try {
      const { message_id, date, chat, from, sender_chat, business_connection_id } = message;
      const frame = { message_id, date, chat, from, sender_chat, business_connection_id };
      const content = { content: unsupported(message), keys: [] };
      return received(readMessage(frame as BotMessage, this.#parts.me, () => content));
    } catch {
      return NOTHING;
    }
  }

  #readIncoming(message: BotMessage): ReadUpdate {
    const service = readServiceMessage(message);
    if (service) return { events: service, keys: migrationKeys(service) };
    return received(readMessage(message, this.#parts.me));
  }

  /** The account's owner also writes by hand, and so does the bot on the owner's behalf. */
  async #readBusiness(message: BotMessage): Promise<ReadUpdate> {
    const { me, owners } = this.#parts;
    if (message.sender_business_bot?.id === me.id) return NOTHING;
    const read = readMessage(message, me);
    const connection = message.business_connection_id;
    if (connection === undefined) return received(read);
    const owner = await owners.of(connection);
    const { chatId, sender, id } = read.message;
    const keys = owner ? [...read.keys, ...owner.keys] : read.keys;
    if (owner === null || message.from?.id !== owner.id) {
      const newest = toKey("telegram-newest", chatId, { messageId: id });
      return received({ ...read, keys: [...keys, newest] });
    }
    const sent: DurableEvent<"message.sent"> = {
      name: "message.sent",
      chatId,
      dedupeKey: `${chatId}|${sender.id}|${id}|sent`,
      data: { origin: "device", message: read.message },
    };
    return { events: [sent], keys };
  }

  #readEdited(message: BotMessage, updateId: number): ReadUpdate {
    const { message: read, keys } = readMessage(message, this.#parts.me);
    const { chatId, id: messageId, sender, content } = read;
    const edited: DurableEvent<"message.edited"> = {
      name: "message.edited",
      chatId,
      dedupeKey: `${chatId}|${messageId}|edited|${updateId}`,
      data: {
        chatId,
        messageId,
        sender,
        content,
        editedAt: toTime(message.edit_date ?? message.date),
      },
    };
    return { events: [edited], keys };
  }

  async #readChoice(query: NonNullable<BotUpdate["callback_query"]>): Promise<ReadUpdate> {
    const { id: callbackId, from, message, data } = query;
    if (!message || data === undefined) return { ...NOTHING, callbackId };
    const [chatId, sender] = [chatIdOfMessage(message), contactOfUser(from)];
    const content: IncomingContent = {
      type: "choice",
      menuMessageId: String(message.message_id),
      id: (await readValue(this.#parts.keys, "telegram-choice", data))?.id ?? data,
      title: titleOf(message, data) ?? data,
    };
    const event: DurableEvent<"message.received"> = {
      name: "message.received",
      chatId,
      dedupeKey: `${chatId}|${sender.id}|${callbackId}|choice`,
      data: {
        message: {
          id: choiceMessageId(message.message_id, callbackId),
          chatId,
          chatType: chatTypeOf(message),
          sender,
          sentAt: new Date().toISOString(),
          content,
          quote: null,
        },
      },
    };
    return { events: [event], keys: [], callbackId };
  }

  async #readVote(
    { poll_id, user, voter_chat, option_ids }: NonNullable<BotUpdate["poll_answer"]>,
    updateId: number,
  ): Promise<ReadUpdate> {
    const poll = await this.#parts.polls.find(poll_id);
    if (!poll) return NOTHING;
    const { chatId, messageId } = poll;
    const voter = voter_chat ? contactOfChat(voter_chat) : user && contactOfUser(user);
    if (!voter) return NOTHING;
    const options = option_ids.flatMap((index) => poll.options[index] ?? []);
    const voted: DurableEvent<"poll.voted"> = {
      name: "poll.voted",
      chatId,
      dedupeKey: `${chatId}|${messageId}|${voter.id}|voted|${updateId}`,
      data: { chatId, messageId, voter, options, votedAt: new Date().toISOString() },
    };
    return { events: [voted], keys: [] };
  }
}

function received({
  message,
  keys,
}: {
  readonly message: DurableEvent<"message.received">["data"]["message"];
  readonly keys: readonly KeyChange[];
}): ReadUpdate {
  const { chatId, sender, id } = message;
  const dedupeKey = `${chatId}|${sender.id}|${id}|received`;
  return { events: [{ name: "message.received", chatId, dedupeKey, data: { message } }], keys };
}

/** What is sent to the former group must still arrive. */
export function migrationKeys(events: readonly DurableEvent[]): KeyChange[] {
  return events.flatMap((event) =>
    event.name === "chat.migrated"
      ? [toKey("telegram-migration", event.data.from, { chatId: event.data.to })]
      : [],
  );
}

function eventsOf(update: BotUpdate): DurableEvent[] {
  if (update.message_reaction) return [reacted(update.message_reaction, update.update_id)];
  const members = update.my_chat_member ?? update.chat_member;
  if (members) return readMemberUpdate(members);
  const deleted = update.deleted_business_messages;
  if (!deleted) return [];
  const chatId = chatIdOf(deleted.chat, deleted.business_connection_id);
  return deleted.message_ids.map((id) => ({
    name: "message.deleted",
    chatId,
    dedupeKey: `${chatId}|${id}|deleted`,
    data: {
      chatId,
      messageId: String(id),
      sender: null,
      deletedAt: new Date().toISOString(),
    },
  }));
}

function reacted(
  reaction: NonNullable<BotUpdate["message_reaction"]>,
  updateId: number,
): DurableEvent<"message.reacted"> {
  const { chat, user, actor_chat, date, new_reaction } = reaction;
  const chatId = chatIdOf(chat);
  const messageId = String(reaction.message_id);
  const sender = user ? contactOfUser(user) : contactOfChat(actor_chat ?? chat);
  const emojis = new_reaction.map(
    ({ type, emoji, custom_emoji_id }) => emoji ?? `${type}:${custom_emoji_id ?? ""}`,
  );
  return {
    name: "message.reacted",
    chatId,
    dedupeKey: `${chatId}|${messageId}|${sender.id}|reacted|${updateId}`,
    data: { chatId, messageId, sender, emojis, reactedAt: toTime(date) },
  };
}

function titleOf({ reply_markup }: BotMessage, data: string): string | null {
  const buttons = reply_markup?.inline_keyboard?.flat() ?? [];
  return buttons.find(({ callback_data }) => callback_data === data)?.text ?? null;
}
