import type { DurableEvent, IncomingMessage, Quote } from "@orquesta/core";
import type { BinaryNode, proto } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "../baileys-library.ts";
import type { ContactDirectory, NewAliases } from "../contact-directory.ts";
import { userJid } from "../jid.ts";
import { readContent, type ShownContent, textOf } from "./message-content.ts";
import type { Quotable } from "./received-message.ts";
import { type Envelope, type OwnAddresses, readEnvelope } from "./stanza-envelope.ts";

/** What a decrypted part of a stanza leads to; all of it belongs into one commit. */
export interface Reading {
  readonly event: DurableEvent;
  readonly messageId: string;
  readonly quotable: Quotable;
  readonly aliases: NewAliases;
}

/** Turns decrypted stanzas into events. */
export class IncomingMessages {
  readonly #library: BaileysLibrary;
  readonly #contacts: ContactDirectory;
  readonly #me: () => OwnAddresses | undefined;
  readonly #ignores: (chatType: IncomingMessage["chatType"]) => boolean;

  constructor(
    library: BaileysLibrary,
    contacts: ContactDirectory,
    me: () => OwnAddresses | undefined,
    ignores: (chatType: IncomingMessage["chatType"]) => boolean = () => false,
  ) {
    this.#library = library;
    this.#contacts = contacts;
    this.#me = me;
    this.#ignores = ignores;
  }

  /**
   * @param bytes the encoded message, without padding
   * @returns null when there is nothing to show, or nothing that could be read: Baileys decodes the
   *   same bytes afterwards and asks the sender again if need be
   */
  async read(stanza: BinaryNode, bytes: Uint8Array): Promise<Reading | null> {
    const me = this.#me();
    const envelope = me === undefined ? null : readEnvelope(stanza, me);
    const message = envelope === null ? null : this.#decode(bytes);
    if (envelope === null || message === null || this.#ignores(envelope.chatType)) return null;
    const shown = readContent(message, this.#library);
    return shown === null ? null : await this.#toReading(envelope, shown);
  }

  #decode(bytes: Uint8Array): proto.IMessage | null {
    try {
      const message = this.#library.proto.Message.decode(bytes);
      return message.deviceSentMessage?.message ?? message;
    } catch {
      return null;
    }
  }

  async #toReading(envelope: Envelope, shown: ShownContent): Promise<Reading> {
    const aliases: NewAliases = {};
    const sender = await this.#contacts.identify(envelope.sender, envelope.senderName, aliases);
    const chat = await this.#contacts.identify(envelope.chat, null, aliases);
    const message: IncomingMessage = {
      id: envelope.id,
      chatId: chat.id,
      chatType: envelope.chatType,
      sender,
      sentAt: envelope.sentAt,
      content: shown.content,
      quote: await this.#readQuote(shown.contextInfo),
    };
    const text = shown.content.type === "text" ? shown.content.text : null;
    return {
      event: toEvent(message, shown.kind, envelope.isFromMe),
      messageId: envelope.id,
      quotable: { sender: userJid(envelope.sender.jid), text },
      aliases,
    };
  }

  async #readQuote(context: proto.IContextInfo | null): Promise<Quote | null> {
    if (!context?.stanzaId) return null;
    const sender = context.participant
      ? await this.#contacts.identify({ jid: context.participant, alternative: null }, null, null)
      : null;
    return {
      messageId: context.stanzaId,
      senderId: sender?.id ?? null,
      text: textOf(context.quotedMessage, this.#library),
    };
  }
}

function toEvent(message: IncomingMessage, kind: string, isFromMe: boolean): DurableEvent {
  const { chatId } = message;
  const dedupeKey = `${chatId}|${message.sender.id}|${message.id}|${kind}`;
  return isFromMe
    ? { name: "message.sent", data: { origin: "device", message }, chatId, dedupeKey }
    : { name: "message.received", data: { message }, chatId, dedupeKey };
}

/** Takes off the padding that says its own length in its last byte. */
export function withoutPadding(padded: Uint8Array): Uint8Array {
  const length = padded[padded.length - 1] ?? 0;
  return length > padded.length ? padded : padded.subarray(0, padded.length - length);
}
