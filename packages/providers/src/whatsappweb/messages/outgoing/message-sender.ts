import {
  OrquestaError,
  type OutboxContentOf,
  type OutboxMessage,
  type Sent,
  uploadTimeMs,
  waitFor,
} from "@orquesta/core";
import type { GroupChat, Message } from "whatsapp-web.js";
import { KnownMessages } from "../known-messages.ts";
import type { MessagingParts } from "../messaging-parts.ts";
import type { OwnMessages } from "../own-messages.ts";
import { canRevoke } from "../page-questions.ts";
import type { People } from "../people.ts";
import {
  isWritten,
  type OutgoingMessage,
  toOutgoingMessage,
  type WrittenContent,
} from "./outgoing-message.ts";
import { toSendFailure } from "./send-failure.ts";
import { toWording, type Wording } from "./wording.ts";

/** Shorter than the engine's own patience. */
const SEND_TIMEOUT_MS = 50_000;

export interface MessageSenderParts extends MessagingParts {
  readonly people: People;
  readonly known: KnownMessages;
  readonly own: OwnMessages;
}

/** Sends what the outbox owes, and says honestly what became of it. */
export class MessageSender {
  readonly #parts: MessageSenderParts;

  constructor(parts: MessageSenderParts) {
    this.#parts = parts;
  }

  /** @throws SEND_REJECTED, SEND_OUTCOME_UNKNOWN, SESSION_CLOSED, CAPABILITY_MISSING */
  async send(message: OutboxMessage, signal: AbortSignal): Promise<Sent> {
    const { content } = message;
    const wait = AbortSignal.any([signal, this.#parts.ended]);
    if (wait.aborted) throw new OrquestaError("SESSION_CLOSED", "the session is over");
    if (isWritten(content)) return await this.#write(message, content, wait);
    switch (content.type) {
      case "reaction":
        return await this.#change(message, wait, () => this.#react(message, content));
      case "edit":
        return await this.#change(message, wait, () => this.#edit(message, content));
      case "delete":
        return await this.#change(message, wait, () => this.#delete(message, content));
      default:
        throw new OrquestaError("CAPABILITY_MISSING", `whatsappweb does not send ${content.type}`);
    }
  }

  async #write(
    message: OutboxMessage,
    content: WrittenContent,
    signal: AbortSignal,
  ): Promise<Sent> {
    const { people, own, library, context } = this.#parts;
    const { chatId } = message;
    const webChatId = people.addressOf(chatId);
    let outgoing: OutgoingMessage;
    let options: OutgoingMessage["options"];
    try {
      outgoing = await toOutgoingMessage(content, { library, media: context.media });
      options = await this.#optionsOf(message, outgoing, content.quoteMessageId, signal);
    } catch (cause) {
      throw toSendFailure(cause, false);
    }
    own.begin();
    let sent: Message | undefined;
    try {
      const timeoutMs = uploadTimeMs("media" in content ? content.media.size : 0);
      sent = await this.#hand(webChatId, outgoing.content, options, { signal, timeoutMs });
    } catch (cause) {
      const failure = toSendFailure(cause, own.hasShown(webChatId));
      own.end(failure.code === "SEND_OUTCOME_UNKNOWN" ? { webChatId } : null);
      throw failure;
    }
    if (sent && sent.ack >= 0) await this.#remember(chatId, sent);
    // Last: receipts wait for it, and whoever waits for this writes down first that it was sent.
    own.end(sent ? { id: sent.id.id, webChatId } : null);
    if (!sent) throw new OrquestaError("SEND_REJECTED", "WhatsApp knows no such chat");
    if (sent.ack < 0) throw new OrquestaError("SEND_REJECTED", "WhatsApp refused the message");
    return { messageId: sent.id.id };
  }

  /** The types of the library do not say that there may be none: a chat that WhatsApp does not know. */
  async #hand(
    webChatId: string,
    content: OutgoingMessage["content"],
    options: OutgoingMessage["options"],
    { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<Message | undefined> {
    const sending = this.#parts.client.sendMessage(webChatId, content, {
      ...options,
      // Reading is not what sending says.
      sendSeen: false,
      waitUntilMsgSent: true,
    });
    return await waitFor(sending, "sending a message", { signal, timeoutMs });
  }

  async #optionsOf(
    { chatId }: OutboxMessage,
    { options, mentions }: OutgoingMessage,
    quoteMessageId: string | undefined,
    signal: AbortSignal,
  ): Promise<OutgoingMessage["options"]> {
    const { people, known } = this.#parts;
    const named = mentions === "all" ? await this.#everybody(chatId, signal) : mentions;
    const quoted = quoteMessageId && (await known.require(chatId, quoteMessageId));
    return {
      ...options,
      ...(named.length > 0 && { mentions: named.map((id) => people.addressOf(id)) }),
      ...(quoted && { quotedMessageId: quoted }),
    };
  }

  /** @throws SEND_REJECTED outside of groups */
  async #everybody(chatId: string, signal: AbortSignal): Promise<readonly string[]> {
    if (!chatId.endsWith("@g.us")) {
      throw new OrquestaError("SEND_REJECTED", "only in a group everybody can be mentioned");
    }
    const wait = { signal, timeoutMs: SEND_TIMEOUT_MS };
    const chat = await waitFor(this.#parts.client.getChatById(chatId), "asking for a group", wait);
    // Bridge: the library makes a GroupChat of every chat that has participants.
    const { participants } = chat as GroupChat;
    return (participants ?? []).map(({ id }) => id._serialized);
  }

  /** Something that is done to a message, and may be done again: it is known by our own id. */
  async #change(
    { messageId }: OutboxMessage,
    signal: AbortSignal,
    work: () => Promise<void>,
  ): Promise<Sent> {
    try {
      await waitFor(work(), "changing a message", { signal, timeoutMs: SEND_TIMEOUT_MS });
      return { messageId };
    } catch (cause) {
      throw toSendFailure(cause, false);
    }
  }

  async #react({ chatId }: OutboxMessage, content: OutboxContentOf<"reaction">): Promise<void> {
    const { id } = await this.#find(chatId, content.messageId);
    await this.#parts.client.sendReaction(id._serialized, content.emoji ?? "");
  }

  async #edit({ chatId }: OutboxMessage, content: OutboxContentOf<"edit">): Promise<void> {
    const { people } = this.#parts;
    const message = await this.#find(chatId, content.messageId);
    const { text, mentions }: Wording = toWording(content.text, content);
    const named = mentions === "all" ? [] : mentions.map((id) => people.addressOf(id));
    const edited = await message.edit(text, named.length > 0 ? { mentions: named } : {});
    if (!edited) {
      throw new OrquestaError(
        "SEND_REJECTED",
        "WhatsApp edits texts and captions of one's own, for 15 minutes",
      );
    }
  }

  async #delete({ chatId }: OutboxMessage, content: OutboxContentOf<"delete">): Promise<void> {
    const message = await this.#find(chatId, content.messageId);
    if (!(await canRevoke(this.#parts.client, message.id._serialized))) {
      throw new OrquestaError(
        "SEND_REJECTED",
        "WhatsApp does not delete this message for everybody (any more)",
      );
    }
    await message.delete(true);
  }

  /** @throws SEND_REJECTED */
  async #find(chatId: string, messageId: string): Promise<Message> {
    const { known, client } = this.#parts;
    const serialized = await known.require(chatId, messageId);
    const message: Message | null = await client.getMessageById(serialized);
    if (message) return message;
    throw new OrquestaError("SEND_REJECTED", "WhatsApp Web has this message no more");
  }

  /** It was sent, whatever becomes of this. */
  async #remember(chatId: string, { id }: Message): Promise<void> {
    const keys = [KnownMessages.note(chatId, id.id, id._serialized)];
    await this.#parts.context.commit({ keys }).catch((error: unknown) => {
      this.#parts.context.logger.warn("a sent message cannot be edited later", { error });
    });
  }
}
