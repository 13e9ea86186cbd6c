import { waitFor } from "../error/abort.ts";
import { isOrquestaError } from "../error/orquesta-error.ts";
import type { Logger } from "../log/logger.ts";
import { isMenu, toNumberedText } from "../message/numbered-menu.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import type { Capabilities } from "../provider/capabilities.ts";
import type { Sent, Session } from "../provider/session.ts";

export type SendResult =
  | { readonly status: "sent"; readonly messageId: string }
  | {
      readonly status: "failed" | "unconfirmed";
      readonly error: { readonly code: string; readonly message: string };
    };

export interface OutboxPumpOptions {
  readonly instanceId: string;
  readonly outbox: Outbox;
  readonly session: Session;
  readonly capabilities: Pick<Capabilities, "resend" | "menus">;
  readonly logger: Logger;
  /** Makes a result durable, with its event. */
  settle(entry: OutboxEntry, result: SendResult): Promise<void>;
}

const WINDOW = 200;
const CHATS_AT_A_TIME = 8;
const SEND_TIMEOUT_MS = 60_000;
const LAST_WORD_MS = 2_000;
/** With a message id of ours the peer drops repeats, so asking again is safe; not for ever, though. */
const MAX_ATTEMPTS = 5;
const RETRY_AFTER_MS = 2000;

/**
 * Sends what an instance owes through one live session: in order inside a chat, chats side by side, in
 * bounded memory. Ends with its session; what was not sent is owed to the next one.
 */
export class OutboxPump {
  readonly #options: OutboxPumpOptions;
  readonly #chats = new Map<string, OutboxEntry[]>();
  readonly #ready = new Set<string>();
  readonly #closing = new AbortController();
  #held = 0;
  #active = 0;
  #loadedTo = 0;
  #more = true;
  #loading = false;

  constructor(options: OutboxPumpOptions) {
    this.#options = options;
  }

  /** Begins with what is owed from before. */
  start(): void {
    this.#pump();
  }

  /** A message that was just accepted. */
  offer(entry: OutboxEntry): void {
    if (this.#more || this.#loading || this.#held >= WINDOW) this.#more = true;
    else this.#admit(entry);
    this.#pump();
  }

  /** Nothing is begun any more; what is on its way is told to end. */
  close(): void {
    this.#closing.abort();
  }

  #admit(entry: OutboxEntry): void {
    if (entry.seq <= this.#loadedTo) return;
    this.#loadedTo = entry.seq;
    this.#held += 1;
    const chat = this.#chats.get(entry.chatId);
    if (chat) chat.push(entry);
    else {
      this.#chats.set(entry.chatId, [entry]);
      this.#ready.add(entry.chatId);
    }
  }

  #pump(): void {
    if (this.#closing.signal.aborted) return;
    for (const chatId of this.#ready) {
      if (this.#active >= CHATS_AT_A_TIME) break;
      this.#ready.delete(chatId);
      this.#active += 1;
      this.#sendNext(chatId).catch((error: unknown) => {
        this.#options.logger.error("outbox failed", { error });
      });
    }
    if (this.#more && !this.#loading && this.#held <= WINDOW / 2) this.#load();
  }

  async #sendNext(chatId: string): Promise<void> {
    const chat = this.#chats.get(chatId);
    const entry = chat?.[0];
    const done = entry ? await this.#send(entry) : true;
    this.#active -= 1;
    if (!done) {
      // Owed still. Try again on this session a little later, or on the next one.
      setTimeout(() => {
        this.#ready.add(chatId);
        this.#pump();
      }, RETRY_AFTER_MS).unref();
      return;
    }
    if (entry) this.#held -= 1;
    chat?.shift();
    if (chat && chat.length > 0) this.#ready.add(chatId);
    else this.#chats.delete(chatId);
    this.#pump();
  }

  /** @returns whether the message is settled */
  async #send(entry: OutboxEntry): Promise<boolean> {
    const { outbox, capabilities, settle } = this.#options;
    const { resend } = capabilities;
    try {
      if (resend === "ambiguous") {
        if (entry.status === "sending") {
          await settle(entry, UNCONFIRMED);
          return true;
        }
        await outbox.markSending(entry);
      }
      await settle(entry, await this.#attempt(entry));
      return true;
    } catch (error) {
      this.#options.logger.warn("message not sent yet", { outboxId: entry.id, error });
      if (resend === "ambiguous" && isOrquestaError(error, "SESSION_CLOSED")) {
        await outbox.markQueued(entry);
      }
      return false;
    }
  }

  /** @throws what says that the message is still owed */
  async #attempt(entry: OutboxEntry): Promise<SendResult> {
    for (let attempt = entry.attempt + 1; ; attempt += 1) {
      try {
        const { messageId } = await this.#sendOnce(entry, attempt);
        return { status: "sent", messageId };
      } catch (error) {
        if (isOrquestaError(error, "SEND_REJECTED")) {
          return { status: "failed", error: { code: error.code, message: error.message } };
        }
        if (isOrquestaError(error, "SESSION_CLOSED")) throw error;
        if (this.#options.capabilities.resend === "ambiguous") return UNCONFIRMED;
        if (this.#closing.signal.aborted) throw error;
        if (attempt >= MAX_ATTEMPTS) return UNCONFIRMED;
      }
    }
  }

  async #sendOnce(entry: OutboxEntry, attempt: number): Promise<Sent> {
    const { id: outboxId, messageId, chatId } = entry;
    const { session, capabilities } = this.#options;
    const numbered = capabilities.menus === "numbered" && isMenu(entry.content);
    const content = numbered ? toNumberedText(entry.content) : entry.content;
    const signal = this.#closing.signal;
    const sending = session.send({ outboxId, messageId, chatId, content, attempt }, signal);
    try {
      return await waitFor(sending, "sending a message", { signal, timeoutMs: SEND_TIMEOUT_MS });
    } catch (error) {
      if (!isOrquestaError(error, "ABORTED")) throw error;
      // The session was told too, and may know that nothing has left.
      return await waitFor(sending, "a session's last word", { timeoutMs: LAST_WORD_MS });
    }
  }

  #load(): void {
    this.#loading = true;
    this.#more = false;
    const { outbox, instanceId, logger } = this.#options;
    outbox.owed(instanceId, this.#loadedTo, WINDOW / 2).then(
      (entries) => {
        this.#loading = false;
        if (entries.length === WINDOW / 2) this.#more = true;
        for (const entry of entries) this.#admit(entry);
        this.#pump();
      },
      (error: unknown) => {
        logger.error("outbox could not be read", { error });
        setTimeout(() => {
          this.#loading = false;
          this.#more = true;
          this.#pump();
        }, RETRY_AFTER_MS).unref();
      },
    );
  }
}

const UNCONFIRMED: SendResult = {
  status: "unconfirmed",
  error: {
    code: "SEND_OUTCOME_UNKNOWN",
    message: "the platform's answer was lost; sending again could show the message twice",
  },
};
