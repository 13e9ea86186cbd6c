import type { proto } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "../baileys-library.ts";
import type { ContactDirectory } from "../contact-directory.ts";
import { isOwn, type OwnAddresses } from "../incoming/stanza-envelope.ts";
import { userJid } from "../jid.ts";
import { RECEIVED_MESSAGE_TYPE, SENT_MESSAGE_TYPE } from "../own-key-types.ts";
import type { SessionStore } from "../session-store.ts";
import { toRemembered } from "./received-message.ts";

/** A message that the account received or sent not long ago. */
export interface KnownMessage {
  /** Address of the sender, without device. */
  readonly sender: string;
  readonly isFromMe: boolean;
  readonly content: proto.IMessage;
}

/** Finds messages again: to quote, forward, change or take back what is known by its id only. */
export class MessageArchive {
  readonly #library: BaileysLibrary;
  readonly #store: SessionStore;
  readonly #contacts: ContactDirectory;
  readonly #me: () => OwnAddresses | undefined;

  constructor(
    library: BaileysLibrary,
    store: SessionStore,
    contacts: ContactDirectory,
    me: () => OwnAddresses | undefined,
  ) {
    this.#library = library;
    this.#store = store;
    this.#contacts = contacts;
    this.#me = me;
  }

  /** Null when it is too long ago, or was never heard of in this chat. */
  async find(chatId: string, messageId: string): Promise<KnownMessage | null> {
    const me = this.#me();
    if (me === undefined) return null;
    const stored = (await this.#store.read(RECEIVED_MESSAGE_TYPE, [messageId]))[messageId];
    const row = toRemembered(stored);
    if (row !== null && (await this.#isOfChat(row.chatId, chatId))) {
      const content = row.message === null ? null : this.#decode(row.message);
      const isFromMe = isOwn(row.sender, me);
      return { sender: row.sender, isFromMe, content: content ?? { conversation: row.text ?? "" } };
    }
    const content = await this.findSent(messageId);
    return content && { sender: userJid(me.id), isFromMe: true, content };
  }

  /** A message of ours, as it went out: for devices that could not read it and ask for it again. */
  async findSent(messageId: string): Promise<proto.IMessage | null> {
    const bytes = (await this.#store.read(SENT_MESSAGE_TYPE, [messageId]))[messageId];
    return bytes instanceof Uint8Array ? this.#library.proto.Message.decode(bytes) : null;
  }

  /** Ids are unique in a chat, not beyond; rows of former versions do not say theirs. */
  async #isOfChat(storedIn: string | null, chatId: string): Promise<boolean> {
    if (storedIn === null || storedIn === chatId) return true;
    const chat = await this.#contacts.identify({ jid: chatId, alternative: null }, null, null);
    return chat.id === storedIn;
  }

  #decode(bytes: Uint8Array): proto.IMessage | null {
    try {
      const message = this.#library.proto.Message.decode(bytes);
      return message.deviceSentMessage?.message ?? message;
    } catch {
      return null;
    }
  }
}
