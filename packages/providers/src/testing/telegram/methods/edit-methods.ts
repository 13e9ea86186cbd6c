import { badRequest } from "../wire/api-error.ts";
import type { Message, MessageBody, ReplyMarkup } from "../wire/types.ts";
import { MEDIA_KINDS } from "../world/file-registry.ts";
import { messageForBot } from "../world/message-view.ts";
import type { Room, StoredMessage } from "../world/room.ts";
import type { Call, Methods } from "./call.ts";
import { requireRight, roomOf } from "./chat-access.ts";
import { inputMedia } from "./media-methods.ts";
import { replyMarkupOf } from "./reply-markup.ts";
import { captionOf, textOf } from "./text-of.ts";

const SAME =
  "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";

/** What changes or removes a message that is there. */
export const editMethods: Methods = {
  editMessageText: (call: Call): Message =>
    edit(call, (message) => {
      if (message.text === undefined) throw badRequest("there is no text in the message to edit");
      return { entities: [], ...textOf(call.parameters) };
    }),
  editMessageCaption: (call: Call): Message =>
    edit(call, (message) => {
      if (!hasMedia(message)) throw badRequest("there is no caption in the message to edit");
      return { caption: "", caption_entities: [], ...captionOf(call.parameters) };
    }),
  editMessageReplyMarkup: (call: Call): Message => edit(call, () => ({})),
  editMessageMedia: async (call: Call): Promise<Message> => {
    const { body } = await inputMedia(call, call.parameters.object("media", "InputMedia"));
    return edit(call, (message) => {
      if (!hasMedia(message)) throw badRequest("message content can't be changed to media");
      return { ...WITHOUT_MEDIA, caption: "", caption_entities: [], ...body };
    });
  },
  deleteMessage: (call: Call): true => {
    const room = roomOf(call);
    const stored = room.get(call.parameters.integer("message_id"), "message to delete");
    checkDeletable(call, room, stored);
    room.remove(stored.message.message_id);
    return true;
  },
  deleteMessages: (call: Call): true => {
    const room = roomOf(call);
    const ids = call.parameters.list("message_ids", "Integer") ?? [];
    if (ids.length < 1 || ids.length > 100) throw badRequest("wrong number of message identifiers");
    const found = ids.flatMap((id) => room.find(Number(id)) ?? []);
    for (const stored of found) checkDeletable(call, room, stored);
    for (const { message } of found) room.remove(message.message_id);
    return true;
  },
};

const WITHOUT_MEDIA: MessageBody = Object.fromEntries(MEDIA_KINDS.map((kind) => [kind, undefined]));

function edit(call: Call, change: (message: Message) => MessageBody): Message {
  const room = roomOf(call);
  const stored = room.get(call.parameters.integer("message_id"), "message to edit");
  if (stored.authorId !== call.bot.id) throw badRequest("message can't be edited");
  const before = stored.message;
  const body = change(before);
  const markup = replyMarkupOf(call.parameters);
  // No keyboard in the call takes away the one that is there.
  const wanted: MessageBody = { ...body, reply_markup: markup ?? { inline_keyboard: [] } };
  if (shown({ ...before, ...wanted }) === shown(before)) throw badRequest(SAME);
  const after = call.post.edit(room, stored, cleaned(wanted));
  return messageForBot(call.bot.id, after);
}

/** What a person sees of a message, to compare. */
function shown(message: Message): string {
  const media = MEDIA_KINDS.map((kind) => message[kind]);
  return JSON.stringify([
    message.text ?? "",
    message.entities ?? [],
    message.caption ?? "",
    message.caption_entities ?? [],
    keyboard(message.reply_markup),
    media,
  ]);
}

function keyboard(markup: ReplyMarkup | undefined): ReplyMarkup["inline_keyboard"] {
  return markup?.inline_keyboard ?? [];
}

/** The Bot API leaves out what is empty. */
function cleaned(body: MessageBody): MessageBody {
  const entries = Object.entries(body).map(([name, value]) => {
    const isEmpty = value === "" || (Array.isArray(value) && value.length === 0);
    const isBare = name === "reply_markup" && keyboard(body.reply_markup)?.length === 0;
    return [name, isEmpty || isBare ? undefined : value];
  });
  return Object.fromEntries(entries);
}

function hasMedia(message: Message): boolean {
  return MEDIA_KINDS.some((kind) => message[kind] !== undefined);
}

/** https://core.telegram.org/bots/api#deletemessage */
function checkDeletable(call: Call, room: Room, stored: StoredMessage): void {
  const isOwn = stored.authorId === call.bot.id;
  if (isOwn || (room.type === "private" && !room.connectionId)) return;
  if (room.connectionId) throw badRequest("message can't be deleted");
  try {
    requireRight(call, room, "can_delete_messages", "delete messages");
  } catch (error) {
    throw Object.assign(badRequest("message can't be deleted"), { cause: error });
  }
}
