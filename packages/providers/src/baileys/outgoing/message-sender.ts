import { AsyncLocalStorage } from "node:async_hooks";
import {
  isOrquestaError,
  OrquestaError,
  type OutboxMessage,
  type Sent,
  waitFor,
} from "@orquesta/core";
import type { proto, WASocket } from "@whiskeysockets/baileys";
import { userJid } from "../jid.ts";
import type { MediaUploader } from "../media/media-upload.ts";
import { type CurrentSend, currentSend } from "./current-send.ts";
import type { OutgoingMessages } from "./outgoing-message.ts";
import { relayOptionsOf } from "./relay-options.ts";
import { toSendFailure } from "./send-failure.ts";
import type { SentChats } from "./sent-chats.ts";
import type { ServerAcks } from "./server-acks.ts";

/** Baileys' own queries end after a minute; then the send has failed without our help. */
const SEND_TIMEOUT_MS = 90_000;

export interface MessageSenderParts {
  readonly socket: WASocket;
  readonly outgoing: OutgoingMessages;
  readonly uploader: MediaUploader;
  readonly acks: ServerAcks;
  readonly sentChats: SentChats;
  /** Fires when the session is over. */
  readonly ended: AbortSignal;
}

/** Sends messages and finds out what became of them. */
export class MessageSender {
  readonly #parts: MessageSenderParts;
  /**
   * Sends begin in the context of this session's beginning. Whoever answers a message may still be in that
   * of the transaction in which it came, which is over: what leaves it leaves the send as well, and
   * nobody would see that the message was encrypted and is on its way.
   */
  readonly #outside = AsyncLocalStorage.snapshot();

  constructor(parts: MessageSenderParts) {
    this.#parts = parts;
  }

  async send(message: OutboxMessage, signal: AbortSignal): Promise<Sent> {
    const { messageId, chatId } = message;
    const { sentChats, ended } = this.#parts;
    sentChats.set(messageId, chatId);
    const send: CurrentSend = { unstored: null, hasEncrypted: false, mayHaveLeft: false };
    const either = AbortSignal.any([signal, ended]);
    try {
      const { outgoing, uploader } = this.#parts;
      // A large medium takes its time: what ends it is that its bytes do not move any more.
      const content = await outgoing.compose(message, { uploader, signal: either });
      await this.#deliver(message, content, send, either);
      return { messageId };
    } catch (cause) {
      throw toSendFailure(cause, send, ended.aborted);
    }
  }

  /** Hands it to Baileys, and waits until the server has it. */
  async #deliver(
    message: OutboxMessage,
    content: proto.IMessage,
    send: CurrentSend,
    signal: AbortSignal,
  ): Promise<void> {
    const { acks, ended } = this.#parts;
    const ack = acks.expect(message.messageId);
    try {
      const relayed = this.#relay(message, content, send);
      // Whoever waits no longer than for the session must not leave a rejection behind.
      relayed.catch(() => {});
      await waitFor(relayed, "send", { signal, timeoutMs: SEND_TIMEOUT_MS });
      // The gate swallows frames once it is shut, and Baileys takes them for sent.
      if (!send.mayHaveLeft) throw new OrquestaError("SESSION_CLOSED", "the session is over");
      await ack.wait(signal);
    } catch (cause) {
      const isWaitOver = isOrquestaError(cause, "TIMED_OUT") || isOrquestaError(cause, "ABORTED");
      // Baileys is still at it, and may yet send.
      if (isWaitOver && !ended.aborted) send.mayHaveLeft = true;
      throw cause;
    } finally {
      ack.forget();
    }
  }

  async #relay(
    { chatId, messageId, content }: OutboxMessage,
    message: proto.IMessage,
    send: CurrentSend,
  ): Promise<void> {
    const { socket, outgoing } = this.#parts;
    send.unstored = outgoing.toDataSet(messageId, message);
    const ownJid = userJid(socket.user?.id ?? "");
    const options = { messageId, ...relayOptionsOf(content, message, ownJid) };
    const relay = () => socket.relayMessage(chatId, message, options);
    await this.#outside(() => currentSend.run(send, relay));
  }
}
