import {
  isOrquestaError,
  OrquestaError,
  type OutboxMessage,
  type Sent,
  waitFor,
} from "@orquesta/core";
import type { WASocket } from "@whiskeysockets/baileys";
import { type CurrentSend, currentSend } from "./current-send.ts";
import type { OutgoingMessages } from "./outgoing-message.ts";
import { toSendFailure } from "./send-failure.ts";
import type { SentChats } from "./sent-chats.ts";
import type { ServerAcks } from "./server-acks.ts";

/** Baileys' own queries end after a minute; then the send has failed without our help. */
const SEND_TIMEOUT_MS = 90_000;

export interface MessageSenderParts {
  readonly socket: WASocket;
  readonly outgoing: OutgoingMessages;
  readonly acks: ServerAcks;
  readonly sentChats: SentChats;
  /** Fires when the session is over. */
  readonly ended: AbortSignal;
}

/** Sends messages and finds out what became of them. */
export class MessageSender {
  readonly #parts: MessageSenderParts;

  constructor(parts: MessageSenderParts) {
    this.#parts = parts;
  }

  async send(message: OutboxMessage, signal: AbortSignal): Promise<Sent> {
    const { messageId, chatId } = message;
    const { acks, sentChats, ended } = this.#parts;
    sentChats.set(messageId, chatId);
    const ack = acks.expect(messageId);
    const send: CurrentSend = {
      messageId,
      unstored: null,
      hasEncrypted: false,
      mayHaveLeft: false,
    };
    try {
      const either = AbortSignal.any([signal, ended]);
      const relayed = this.#relay(message, send);
      // Whoever waits no longer than for the session must not leave a rejection behind.
      relayed.catch(() => {});
      await waitFor(relayed, "send", { signal: either, timeoutMs: SEND_TIMEOUT_MS });
      // The gate swallows frames once it is shut, and Baileys takes them for sent.
      if (!send.mayHaveLeft) throw new OrquestaError("SESSION_CLOSED", "the session is over");
      await ack.wait(either);
      return { messageId };
    } catch (cause) {
      throw this.#toError(cause, send);
    } finally {
      ack.forget();
    }
  }

  async #relay(message: OutboxMessage, send: CurrentSend): Promise<void> {
    const { socket, outgoing } = this.#parts;
    const content = await outgoing.compose(message);
    send.unstored = outgoing.encode(content);
    const { chatId, messageId } = message;
    await currentSend.run(send, () => socket.relayMessage(chatId, content, { messageId }));
  }

  #toError(cause: unknown, send: CurrentSend): OrquestaError {
    const isOver = this.#parts.ended.aborted;
    const isWaitOver = isOrquestaError(cause, "TIMED_OUT") || isOrquestaError(cause, "ABORTED");
    // Baileys is still at it, and may yet send.
    if (isWaitOver && !isOver) send.mayHaveLeft = true;
    return toSendFailure(cause, send, isOver);
  }
}
