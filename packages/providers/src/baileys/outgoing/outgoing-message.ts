import { randomBytes } from "node:crypto";
import { OrquestaError, type OutboxMessage } from "@orquesta/core";
import type { proto } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "../baileys-library.ts";
import { textOf } from "../incoming/message-content.ts";
import { type Quotable, toQuotable } from "../incoming/received-message.ts";
import { isGroupJid, userJid } from "../jid.ts";
import { RECEIVED_MESSAGE_TYPE, SENT_MESSAGE_TYPE } from "../own-key-types.ts";
import type { SessionStore } from "../session-store.ts";

/** Makes WhatsApp messages out of what the outbox holds, and remembers those that were sent. */
export class OutgoingMessages {
  readonly #library: BaileysLibrary;
  readonly #store: SessionStore;
  readonly #ownId: () => string | undefined;

  constructor(library: BaileysLibrary, store: SessionStore, ownId: () => string | undefined) {
    this.#library = library;
    this.#store = store;
    this.#ownId = ownId;
  }

  /** A message that was tried before goes out as it was, secret included. */
  async compose({ messageId, chatId, content, attempt }: OutboxMessage): Promise<proto.IMessage> {
    const sent = attempt > 1 ? await this.findSent(messageId) : undefined;
    if (sent !== undefined) return sent;
    if (content.type !== "text") {
      throw new OrquestaError("SEND_REJECTED", `${content.type} cannot be sent yet`);
    }
    const quotedId = content.quoteMessageId;
    const contextInfo = quotedId === undefined ? null : await this.#quote(chatId, quotedId);
    return {
      extendedTextMessage: { text: content.text, ...(contextInfo && { contextInfo }) },
      // From it the reader's device makes the token that a report to WhatsApp would carry.
      messageContextInfo: { messageSecret: randomBytes(32) },
    };
  }

  encode(message: proto.IMessage): Uint8Array {
    return this.#library.proto.Message.encode(message).finish();
  }

  /** For devices that could not read a message of ours and ask for it again. */
  async findSent(messageId: string): Promise<proto.IMessage | undefined> {
    const bytes = (await this.#store.read(SENT_MESSAGE_TYPE, [messageId]))[messageId];
    return bytes instanceof Uint8Array ? this.#library.proto.Message.decode(bytes) : undefined;
  }

  /** What is not known stays out: the reader's device finds the message by its id. */
  async #quote(chatId: string, messageId: string): Promise<proto.IContextInfo> {
    const quoted = (await this.#findQuotable(messageId)) ?? {
      sender: isGroupJid(chatId) ? null : chatId,
      text: null,
    };
    return {
      stanzaId: messageId,
      participant: quoted.sender,
      quotedMessage: { conversation: quoted.text ?? "" },
    };
  }

  async #findQuotable(messageId: string): Promise<Quotable | null> {
    const stored = (await this.#store.read(RECEIVED_MESSAGE_TYPE, [messageId]))[messageId];
    const quotable = toQuotable(stored);
    if (quotable !== null) return quotable;
    const sent = await this.findSent(messageId);
    const ownId = this.#ownId();
    if (sent === undefined || ownId === undefined) return null;
    return { sender: userJid(ownId), text: textOf(sent, this.#library) };
  }
}
