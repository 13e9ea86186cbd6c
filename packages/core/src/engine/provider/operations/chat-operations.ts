/** What can be done to a chat that nobody reads as a message. Every one may be repeated. */
export interface ChatOperations {
  /** Shows the others what the account is doing; the platform forgets it by itself after some seconds. */
  setPresence(
    chatId: string,
    presence: "typing" | "recording" | "paused",
    signal: AbortSignal,
  ): Promise<void>;
  /** Tells their senders that these messages were read. Empty: everything in the chat. */
  markRead(chatId: string, messageIds: readonly string[], signal: AbortSignal): Promise<void>;
  markUnread(chatId: string, signal: AbortSignal): Promise<void>;
  archive(chatId: string, archived: boolean, signal: AbortSignal): Promise<void>;
  /** @param until Unix ms; null ends it */
  mute(chatId: string, until: number | null, signal: AbortSignal): Promise<void>;
  pin(chatId: string, pinned: boolean, signal: AbortSignal): Promise<void>;
}
