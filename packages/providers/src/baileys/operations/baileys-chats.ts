import type { ChatOperations } from "@orquesta/core";
import type { ChatModification, WAMessageKey } from "@whiskeysockets/baileys";
import { toRemembered } from "../archive/received-message.ts";
import { isGroupJid } from "../jid.ts";
import { RECEIVED_MESSAGE_TYPE } from "../own-key-types.ts";
import type { OperationParts } from "./operation-parts.ts";
import type { UnreadMessages } from "./unread-messages.ts";

const PRESENCES = { typing: "composing", recording: "recording", paused: "paused" } as const;

/** What is done to chats without writing into them. */
export class BaileysChats implements ChatOperations {
  readonly #parts: OperationParts;
  readonly #unread: UnreadMessages;

  constructor(parts: OperationParts, unread: UnreadMessages) {
    this.#parts = parts;
    this.#unread = unread;
  }

  async setPresence(
    chatId: string,
    presence: keyof typeof PRESENCES,
    signal: AbortSignal,
  ): Promise<void> {
    const { query, socket } = this.#parts;
    const show = () => socket.sendPresenceUpdate(PRESENCES[presence], chatId);
    await query.run("showing presence", show, signal);
  }

  /** Empty: what came since the session was opened; and the chat counts as read on all own devices. */
  async markRead(
    chatId: string,
    messageIds: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const { query, socket } = this.#parts;
    const ids = messageIds.length > 0 ? messageIds : this.#unread.of(chatId);
    const keys = await this.#keysOf(chatId, ids);
    if (keys.length > 0) {
      await query.run("marking as read", () => socket.readMessages(keys), signal);
    }
    this.#unread.forget(chatId, ids);
    if (messageIds.length === 0) await this.#modify(chatId, { markRead: true, ...range() }, signal);
  }

  async markUnread(chatId: string, signal: AbortSignal): Promise<void> {
    await this.#modify(chatId, { markRead: false, ...range() }, signal);
  }

  async archive(chatId: string, archived: boolean, signal: AbortSignal): Promise<void> {
    await this.#modify(chatId, { archive: archived, ...range() }, signal);
  }

  async mute(chatId: string, until: number | null, signal: AbortSignal): Promise<void> {
    await this.#modify(chatId, { mute: until }, signal);
  }

  async pin(chatId: string, pinned: boolean, signal: AbortSignal): Promise<void> {
    await this.#modify(chatId, { pin: pinned }, signal);
  }

  async #modify(chatId: string, change: ChatModification, signal: AbortSignal): Promise<void> {
    const { query, socket } = this.#parts;
    await query.run("changing the chat", () => socket.chatModify(change, chatId), signal);
  }

  /** In a group a receipt also names who wrote the message. */
  async #keysOf(chatId: string, ids: readonly string[]): Promise<WAMessageKey[]> {
    const named = ids.map((id) => ({ remoteJid: chatId, id, fromMe: false }));
    if (!isGroupJid(chatId) && !chatId.endsWith("@broadcast")) return named;
    const stored = await this.#parts.store.read(RECEIVED_MESSAGE_TYPE, ids);
    return named.flatMap((key) => {
      const participant = toRemembered(stored[key.id])?.sender;
      return participant === undefined ? [] : [{ ...key, participant }];
    });
  }
}

/** Up to where the chat is meant: everything until now. WhatsApp takes a time without messages, as whatsmeow sends it. */
function range() {
  return { lastMessages: { lastMessageTimestamp: Math.floor(Date.now() / 1_000) } };
}
