import type { proto } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "../baileys-library.ts";
import { protobufFields } from "./protobuf-fields.ts";

/** Field numbers of WhatsApp's HistorySync, Conversation and HistorySyncMsg. */
const CONVERSATIONS = 2;
const STATUS_MESSAGES = 3;
const MESSAGES = 2;
const MESSAGE = 1;

const BATCH_MESSAGES = 50;
const BATCH_BYTES = 256 * 1024;

/** A conversation without its messages. */
type Chat = Pick<proto.IConversation, "id" | "pnJid" | "lidJid">;

export interface EncodedMessage {
  readonly chat: Chat;
  /** A WebMessageInfo. */
  readonly bytes: Uint8Array;
}

/** Some messages of a blob: of the same blob always the same ones. */
export interface Batch {
  /** Of its first message in the blob. */
  readonly index: number;
  readonly messages: readonly EncodedMessage[];
}

/** What a phone uploads as history, inflated. */
export class HistoryBlob {
  /** Everything but the messages. */
  readonly rest: proto.HistorySync;
  readonly #chats: readonly { readonly chat: proto.Conversation; readonly bytes: Uint8Array }[];

  /** @throws RangeError, Error when it is none: nothing of it is read then */
  constructor(bytes: Uint8Array, { proto }: BaileysLibrary) {
    const others: Uint8Array[] = [];
    const chats: { chat: proto.Conversation; bytes: Uint8Array }[] = [];
    for (const { number, whole, body } of protobufFields(bytes)) {
      if (number === CONVERSATIONS && body) {
        const kept = [...protobufFields(body)].filter((field) => field.number !== MESSAGES);
        const encoded = Buffer.concat(kept.map((field) => field.whole));
        chats.push({ chat: proto.Conversation.decode(encoded), bytes: body });
      } else if (number !== STATUS_MESSAGES) others.push(whole);
    }
    this.#chats = chats;
    this.rest = proto.HistorySync.decode(Buffer.concat(others));
    this.rest.conversations = chats.map(({ chat }) => chat);
    for (const _ of this.#messages());
  }

  /** At most 50 messages each, fewer where they are large: an event of the journal stays small. */
  *batches(): Generator<Batch> {
    let index = 0;
    let size = 0;
    let messages: EncodedMessage[] = [];
    for (const message of this.#messages()) {
      const isFull =
        messages.length === BATCH_MESSAGES || size + message.bytes.length > BATCH_BYTES;
      if (isFull && messages.length > 0) {
        yield { index, messages };
        index += messages.length;
        size = 0;
        messages = [];
      }
      messages.push(message);
      size += message.bytes.length;
    }
    if (messages.length > 0) yield { index, messages };
  }

  *#messages(): Generator<EncodedMessage> {
    for (const { chat, bytes } of this.#chats) {
      for (const { number, body } of protobufFields(bytes)) {
        if (number !== MESSAGES || !body) continue;
        for (const inner of protobufFields(body)) {
          if (inner.number === MESSAGE && inner.body) yield { chat, bytes: inner.body };
        }
      }
    }
  }
}
