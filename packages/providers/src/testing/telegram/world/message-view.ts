import type { FileSummary, Message } from "../wire/types.ts";
import { fileForBot, MEDIA_KINDS } from "./file-registry.ts";

/** A message as one bot sees it: with its own file ids. */
export function messageForBot(botId: number, message: Message): Message {
  const changes: { -readonly [Key in keyof Message]?: Message[Key] } = {};
  const own = (file: FileSummary): FileSummary => fileForBot(botId, file);
  for (const kind of MEDIA_KINDS) {
    if (message[kind] === undefined) continue;
    if (kind === "photo") changes.photo = message.photo?.map(own) ?? [];
    else changes[kind] = own(message[kind]);
  }
  if (message.new_chat_photo) changes.new_chat_photo = message.new_chat_photo.map(own);
  if (message.reply_to_message) {
    changes.reply_to_message = messageForBot(botId, message.reply_to_message);
  }
  return Object.keys(changes).length === 0 ? message : { ...message, ...changes };
}
