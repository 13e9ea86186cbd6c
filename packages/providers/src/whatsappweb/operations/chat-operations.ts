import type { ChatOperations } from "@orquesta/core";
import type { Chat } from "whatsapp-web.js";
import { ask, type OperationParts, refused } from "./operation-parts.ts";

export function chatOperations(parts: OperationParts): ChatOperations {
  const { client, people } = parts;

  /** @throws OPERATION_REFUSED */
  const chatAt = async (chatId: string): Promise<Chat> => {
    const chat: Chat | undefined = await client.getChatById(people.addressOf(chatId));
    if (chat) return chat;
    throw refused("there is no such chat");
  };

  return {
    setPresence: (chatId, presence, signal) =>
      ask(parts, signal, async () => {
        const chat = await chatAt(chatId);
        if (presence === "typing") await chat.sendStateTyping();
        else if (presence === "recording") await chat.sendStateRecording();
        else await chat.clearState();
      }),
    /** WhatsApp Web knows only all of a chat as read. */
    markRead: (chatId, _messageIds, signal) =>
      ask(parts, signal, async () => {
        const isDone = await client.sendSeen(people.addressOf(chatId));
        if (!isDone) throw refused("there is no such chat");
      }),
    markUnread: (chatId, signal) =>
      ask(parts, signal, () => client.markChatUnread(people.addressOf(chatId))),
    archive: (chatId, archived, signal) =>
      ask(parts, signal, async () => {
        const address = people.addressOf(chatId);
        await (archived ? client.archiveChat(address) : client.unarchiveChat(address));
      }),
    mute: (chatId, until, signal) =>
      ask(parts, signal, async () => {
        const address = (await chatAt(chatId)).id._serialized;
        if (until === null) await client.unmuteChat(address);
        else await client.muteChat(address, new Date(until));
      }),
    pin: (chatId, pinned, signal) =>
      ask(parts, signal, async () => {
        const address = people.addressOf(chatId);
        const isPinned = await (pinned ? client.pinChat(address) : client.unpinChat(address));
        if (pinned && !isPinned) throw refused("three chats are pinned already");
      }),
  };
}
