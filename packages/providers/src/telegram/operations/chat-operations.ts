import type { ChatOperations } from "@orquesta/core";
import { targetOf } from "../chat-id.ts";
import { messageNumber } from "../message-id.ts";
import { readValue } from "../session-values.ts";
import { ask } from "./ask.ts";
import type { OperationParts } from "./operation-parts.ts";

const ACTIONS = { typing: "typing", recording: "record_voice" } as const;

type Chats = Pick<ChatOperations, "setPresence" | "markRead">;

export function makeChatOperations({ api, context, currentChat }: OperationParts): Chats {
  /** Telegram reads a chat up to a message. */
  const newest = async (chatId: string): Promise<readonly string[]> => {
    const known = await readValue(context.keys, "telegram-newest", chatId);
    return known ? [known.messageId] : [];
  };
  return {
    async setPresence(chatId, presence, signal) {
      // It goes by itself after five seconds, or with the next message; Telegram has no way to end it.
      if (presence === "paused") return;
      const target = targetOf(await currentChat(chatId));
      await ask(api, "sendChatAction", { ...target, action: ACTIONS[presence] }, { signal });
    },
    async markRead(chatId, messageIds, signal) {
      const { chat_id, business_connection_id } = targetOf(chatId);
      // What is written to the bot itself is read when the bot has it; there is nothing to tell.
      if (business_connection_id === undefined) return;
      for (const messageId of messageIds.length > 0 ? messageIds : await newest(chatId)) {
        const payload = { business_connection_id, chat_id, message_id: messageNumber(messageId) };
        await ask(api, "readBusinessMessage", payload, { signal });
      }
    },
  };
}
