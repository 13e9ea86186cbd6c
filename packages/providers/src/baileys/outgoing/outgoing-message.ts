import { randomBytes } from "node:crypto";
import { OrquestaError, type OutboxContentOf, type OutboxMessage } from "@orquesta/core";
import type { proto } from "@whiskeysockets/baileys";
import { STATUS_CHAT } from "../../shared/whatsapp/chat-id.ts";
import { pollIn } from "../archive/known-poll.ts";
import type { KnownMessage, MessageArchive } from "../archive/message-archive.ts";
import type { BaileysLibrary } from "../baileys-library.ts";
import { toPollRow } from "../incoming/journaled-message.ts";
import type { OwnAddresses } from "../incoming/stanza-envelope.ts";
import { userJid } from "../jid.ts";
import { SENT_MESSAGE_TYPE } from "../own-key-types.ts";
import type { Composing } from "./composing.ts";
import { keyOf, toDeletion, toEdit, toForward, toReaction } from "./content/change-message.ts";
import { toContextInfo } from "./content/context-info.ts";
import { hasMedia, mediaKindOf, toCaption, toMediaMessage } from "./content/media-message.ts";
import { toContacts, toLocation, toPoll } from "./content/plain-content.ts";
import { quote } from "./content/quote.ts";
import { toStory } from "./content/story.ts";
import { toWording } from "./content/wording.ts";

type Said = Exclude<
  OutboxMessage["content"],
  { readonly type: "reaction" | "edit" | "delete" | "forward" | "status" }
>;

/** Makes WhatsApp messages out of what the outbox holds. */
export class OutgoingMessages {
  readonly #library: BaileysLibrary;
  readonly #archive: MessageArchive;
  readonly #me: () => OwnAddresses | undefined;

  constructor(
    library: BaileysLibrary,
    archive: MessageArchive,
    me: () => OwnAddresses | undefined,
  ) {
    this.#library = library;
    this.#archive = archive;
    this.#me = me;
  }

  /**
   * A message that was tried before goes out as it was, uploads and secret included.
   * @throws SEND_REJECTED, PLATFORM_UNREACHABLE (a medium could not be uploaded), ABORTED
   */
  async compose(message: OutboxMessage, composing: Composing): Promise<proto.IMessage> {
    const { messageId, content, attempt } = message;
    // A process that was killed has forgotten the attempts it made; a text is the same each time.
    const mayBeKnown = attempt > 1 || content.type !== "text";
    const sent = mayBeKnown ? await this.#archive.findSent(messageId) : null;
    return sent ?? (await this.#composeNew(message, composing));
  }

  /** What is stored with a message, in the form that Baileys' transactions carry. */
  toDataSet(messageId: string, message: proto.IMessage): Record<string, Record<string, unknown>> {
    const me = this.#me();
    const addresses = [me?.id, me?.lid].flatMap((jid) => (jid ? [userJid(jid)] : []));
    const poll = pollIn(message, addresses);
    const bytes = this.#library.proto.Message.encode(message).finish();
    return {
      [SENT_MESSAGE_TYPE]: { [messageId]: bytes },
      ...(poll && toPollRow(messageId, poll)),
    };
  }

  async #composeNew(message: OutboxMessage, composing: Composing): Promise<proto.IMessage> {
    const { chatId, content } = message;
    if ((content.type === "status") !== (chatId === STATUS_CHAT)) {
      throw new OrquestaError("SEND_REJECTED", `stories, and only they, go to ${STATUS_CHAT}`);
    }
    switch (content.type) {
      case "reaction":
      case "edit":
      case "delete":
        return await this.#change(chatId, content);
      case "forward": {
        const known = await this.#require(content.fromChatId, content.messageId);
        return withSecret(toForward(known, this.#library));
      }
      case "status":
        return withSecret(await toStory(content, composing));
      default:
        return withSecret(await this.#say(chatId, content, composing));
    }
  }

  async #say(chatId: string, content: Said, composing: Composing): Promise<proto.IMessage> {
    const quotedId = "quoteMessageId" in content ? content.quoteMessageId : undefined;
    const quoted =
      quotedId === undefined ? null : await quote(this.#archive, this.#library, chatId, quotedId);
    if (hasMedia(content)) {
      const { uploader, signal } = composing;
      const wording = toCaption(content, chatId);
      const uploaded = await uploader.upload(content.media, mediaKindOf(content), signal);
      return toMediaMessage(content, uploaded, wording, toContextInfo(quoted, wording));
    }
    switch (content.type) {
      case "text": {
        const wording = toWording(content.text, content, chatId);
        const contextInfo = toContextInfo(quoted, wording);
        return { extendedTextMessage: { text: wording.text, contextInfo } };
      }
      case "location":
        return toLocation(content, quoted);
      case "contacts":
        return toContacts(content, quoted);
      case "poll":
        return toPoll(content, quoted);
      default:
        throw new OrquestaError("SEND_REJECTED", `WhatsApp has no ${content.type}`);
    }
  }

  async #change(
    chatId: string,
    content: OutboxContentOf<"reaction" | "edit" | "delete">,
  ): Promise<proto.IMessage> {
    const known = await this.#require(chatId, content.messageId);
    const key = keyOf(chatId, content.messageId, known);
    switch (content.type) {
      case "reaction":
        return toReaction(content, key);
      case "delete":
        return toDeletion(key, this.#library);
      case "edit":
        return toEdit(content, key, known, this.#library);
    }
  }

  async #require(chatId: string, messageId: string): Promise<KnownMessage> {
    const known = await this.#archive.find(chatId, messageId);
    if (known !== null) return known;
    throw new OrquestaError(
      "SEND_REJECTED",
      `no message ${messageId} of this chat is known: it is too old, or never came here`,
    );
  }
}

/** From it the reader's device makes the token that a report to WhatsApp would carry, and votes their key. */
function withSecret(message: proto.IMessage): proto.IMessage {
  return { ...message, messageContextInfo: { messageSecret: randomBytes(32) } };
}
