import type { Contact, DurableEvent, IncomingMessage, Quote } from "@orquesta/core";
import type { BinaryNode, proto } from "@whiskeysockets/baileys";
import { type KnownPoll, pollIn, readVote, toKnownPoll } from "../archive/known-poll.ts";
import type { MessageArchive } from "../archive/message-archive.ts";
import type { Remembered } from "../archive/received-message.ts";
import type { BaileysLibrary } from "../baileys-library.ts";
import type { ContactDirectory, NewAliases } from "../contact-directory.ts";
import { userJid } from "../jid.ts";
import { type MediaLocator, mediaIdOf } from "../media/media-locator.ts";
import { POLL_TYPE } from "../own-key-types.ts";
import type { SessionStore } from "../session-store.ts";
import { toLocatorOf } from "./locate-media.ts";
import { type MessageAct, readAct } from "./message-act.ts";
import { readContent, type ShownContent, shownField, shownTextOf } from "./message-content.ts";
import { toMessageEvent } from "./message-events.ts";
import { type Envelope, isOwn, type OwnAddresses, readEnvelope } from "./stanza-envelope.ts";

/** What a decrypted part of a stanza leads to; all of it belongs into one commit. */
export interface Reading {
  readonly event: DurableEvent;
  readonly messageId: string;
  /** Null: nobody will refer to it. */
  readonly remembered: Pick<Remembered, "sender" | "chatId" | "text"> | null;
  readonly poll: KnownPoll | null;
  readonly medium: { readonly id: string; readonly locator: MediaLocator } | null;
  readonly aliases: NewAliases;
}

export interface IncomingParts {
  readonly library: BaileysLibrary;
  readonly contacts: ContactDirectory;
  readonly store: SessionStore;
  readonly archive: MessageArchive;
  readonly me: () => OwnAddresses | undefined;
  /** What the instance's settings want left alone. @default nothing */
  readonly ignores?: (chatType: IncomingMessage["chatType"]) => boolean;
}

/** The chat and who is at it, as contacts. */
interface Scene {
  readonly envelope: Envelope;
  readonly me: OwnAddresses;
  readonly chatId: string;
  readonly sender: Contact;
}

type ActOf<Name extends MessageAct["act"]> = Extract<MessageAct, { readonly act: Name }>;
type Outcome = Omit<Reading, "messageId" | "aliases">;

/** Turns decrypted stanzas into events. */
export class IncomingMessages {
  readonly #parts: IncomingParts;

  constructor(parts: IncomingParts) {
    this.#parts = parts;
  }

  /**
   * @param bytes the encoded message, without padding
   * @returns null when there is nothing to show, or nothing that could be read: Baileys decodes the
   *   same bytes afterwards and asks the sender again if need be
   */
  async read(stanza: BinaryNode, bytes: Uint8Array): Promise<Reading | null> {
    const me = this.#parts.me();
    const envelope = me === undefined ? null : readEnvelope(stanza, me);
    const message = envelope === null ? null : this.#decode(bytes);
    return envelope && message && (await this.readMessage(envelope, message));
  }

  /** @returns null when there is nothing to show */
  async readMessage(envelope: Envelope, message: proto.IMessage): Promise<Reading | null> {
    const { contacts, library } = this.#parts;
    const me = this.#parts.me();
    if (me === undefined) return null;
    if (this.#parts.ignores?.(envelope.chatType)) return null;
    const act = readAct(message, library);
    if (act === null) return null;
    const aliases: NewAliases = {};
    const sender = await contacts.identify(envelope.sender, envelope.senderName, aliases);
    const chat = await contacts.identify(envelope.chat, null, aliases);
    const scene = { envelope, me, chatId: chat.id, sender };
    const outcome = await this.#readAct(scene, act, message);
    return outcome && { ...outcome, messageId: envelope.id, aliases };
  }

  #decode(bytes: Uint8Array): proto.IMessage | null {
    try {
      const message = this.#parts.library.proto.Message.decode(bytes);
      const inner = message.deviceSentMessage?.message;
      // The secret of what our own devices sent stands beside it.
      return inner
        ? {
            ...inner,
            messageContextInfo: inner.messageContextInfo ?? message.messageContextInfo ?? null,
          }
        : message;
    } catch {
      return null;
    }
  }

  async #readAct(scene: Scene, act: MessageAct, message: proto.IMessage): Promise<Outcome | null> {
    switch (act.act) {
      case "say":
        return await this.#say(scene, act, message);
      case "edit":
        return await this.#edit(scene, act);
      case "delete":
        return about(scene, act, ({ sender }, at) => ({
          name: "message.deleted",
          data: { ...at, sender, deletedAt: scene.envelope.sentAt },
        }));
      case "react":
        return about(scene, act, ({ sender }, at) => ({
          name: "message.reacted",
          data: {
            ...at,
            sender,
            emojis: act.emoji === "" ? [] : [act.emoji],
            reactedAt: scene.envelope.sentAt,
          },
        }));
      case "vote":
        return await this.#vote(scene, act);
    }
  }

  async #say(scene: Scene, act: ActOf<"say">, message: proto.IMessage): Promise<Outcome> {
    const { envelope, chatId, sender } = scene;
    const mediaId = mediaIdOf(chatId, sender.id, envelope.id);
    const { inner, field, isViewOnce, albumId } = act;
    const shown = readContent(inner, field, mediaId, isViewOnce);
    const incoming: IncomingMessage = {
      id: envelope.id,
      chatId,
      chatType: envelope.chatType,
      sender,
      sentAt: envelope.sentAt,
      content: shown.content,
      ...(await this.#readContext(scene, shown.contextInfo)),
      ...(albumId !== null && { albumId }),
    };
    const author = userJid(envelope.sender.jid);
    const addresses = addressesOf(sender, author);
    return {
      event: toMessageEvent(incoming, kindOf(shown, field), envelope.isFromMe),
      remembered: { sender: author, chatId, text: shownTextOf(shown.content) },
      poll: pollIn({ ...inner, messageContextInfo: secretsOf(inner, message) }, addresses),
      medium: toMedium(mediaId, shown, envelope, envelope.id),
    };
  }

  /** The new wording of a message; one by somebody else than its author is none. */
  async #edit(scene: Scene, { targetId, inner, field }: ActOf<"edit">): Promise<Outcome | null> {
    const { envelope, chatId, sender } = scene;
    const known = await this.#parts.archive.find(chatId, targetId);
    if (known !== null && !(await this.#isSame(known.sender, sender))) return null;
    const mediaId = mediaIdOf(chatId, sender.id, targetId);
    const shown = readContent(inner, shownField(inner) ?? field, mediaId, false);
    return {
      event: {
        name: "message.edited",
        data: {
          chatId,
          messageId: targetId,
          sender,
          content: shown.content,
          editedAt: envelope.sentAt,
        },
        chatId,
        dedupeKey: dedupeKeyOf(scene, field),
      },
      remembered: null,
      poll: null,
      medium: toMedium(mediaId, shown, envelope, targetId),
    };
  }

  /** A vote in a poll that is not known cannot be read: it stays what it came as. */
  async #vote(scene: Scene, act: ActOf<"vote">): Promise<Outcome | null> {
    const { store, library } = this.#parts;
    const { envelope, sender } = scene;
    const poll = toKnownPoll((await store.read(POLL_TYPE, [act.targetId]))[act.targetId]);
    const voters = addressesOf(sender, userJid(envelope.sender.jid));
    const { PollVoteMessage } = library.proto.Message;
    const options =
      poll &&
      readVote(poll, act.targetId, voters, act.vote, (bytes) => PollVoteMessage.decode(bytes));
    if (options === null) {
      const inner = { pollUpdateMessage: { vote: act.vote } };
      return await this.#say(
        scene,
        { ...act, act: "say", inner, isViewOnce: false, albumId: null },
        inner,
      );
    }
    return about(scene, act, (_, at) => ({
      name: "poll.voted",
      data: { ...at, voter: sender, options, votedAt: envelope.sentAt },
    }));
  }

  async #readContext(
    { me }: Scene,
    context: proto.IContextInfo | null,
  ): Promise<Pick<IncomingMessage, "quote" | "mentions" | "mentionsMe" | "forwarded">> {
    const mentioned = context?.mentionedJid ?? [];
    const mentions = await Promise.all(mentioned.map((jid) => this.#idOf(jid)));
    const mentionsMe = mentioned.some((jid) => isOwn(jid, me)) || Boolean(context?.nonJidMentions);
    return {
      quote: await this.#readQuote(context),
      ...(mentions.length > 0 && { mentions: [...new Set(mentions)] }),
      ...(mentionsMe && { mentionsMe: true }),
      ...(context?.isForwarded && { forwarded: true }),
    };
  }

  async #readQuote(context: proto.IContextInfo | null): Promise<Quote | null> {
    if (!context?.stanzaId) return null;
    const quoted = this.#parts.library.normalizeMessageContent(context.quotedMessage ?? undefined);
    const field = quoted ? shownField(quoted) : null;
    return {
      messageId: context.stanzaId,
      senderId: context.participant ? await this.#idOf(context.participant) : null,
      text: quoted && field ? shownTextOf(readContent(quoted, field, "", false).content) : null,
    };
  }

  /** Of somebody who is only mentioned. */
  async #idOf(jid: string): Promise<string> {
    return (await this.#parts.contacts.identify({ jid, alternative: null }, null, null)).id;
  }

  async #isSame(jid: string, contact: Contact): Promise<boolean> {
    return (await this.#idOf(jid)) === contact.id;
  }
}

type AboutData = { readonly chatId: string; readonly messageId: string };

/** An event about another message, of somebody who may be anybody in the chat. */
function about(
  scene: Scene,
  { field, targetId }: { readonly field: string; readonly targetId: string },
  make: (scene: Scene, at: AboutData) => DurableEvent,
): Outcome {
  const { chatId } = scene;
  const event = make(scene, { chatId, messageId: targetId });
  return {
    event: { ...event, chatId, dedupeKey: dedupeKeyOf(scene, field) },
    remembered: null,
    poll: null,
    medium: null,
  };
}

function dedupeKeyOf({ chatId, sender, envelope }: Scene, field: string): string {
  return `${chatId}|${sender.id}|${envelope.id}|${field}`;
}

/** Text has two fields, and a sender may change from one to the other when it sends again. */
function kindOf({ content }: ShownContent, field: string): string {
  return content.type === "text" ? "text" : field;
}

/** Every address that the person may have used. */
function addressesOf({ jid, lid }: Contact, address: string): string[] {
  return [...new Set([address, jid, lid].filter((known) => known !== null))];
}

function secretsOf(
  inner: proto.IMessage,
  message: proto.IMessage,
): proto.IMessageContextInfo | null {
  return inner.messageContextInfo ?? message.messageContextInfo ?? null;
}

function toMedium(
  id: string,
  { medium }: ShownContent,
  envelope: Envelope,
  messageId: string,
): Reading["medium"] {
  const locator = medium && toLocatorOf(medium, envelope, messageId);
  return locator && { id, locator };
}
