import { waitFor } from "../error/abort.ts";
import { isOrquestaError } from "../error/orquesta-error.ts";
import type { DurableEvent } from "../event/instance-event.ts";
import type { Logger } from "../log/logger.ts";
import { isMenu, toNumberedText } from "../message/numbered-menu.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import type { WaitingOutbox } from "../outbox/waiting-outbox.ts";
import type { Capabilities } from "../provider/capabilities.ts";
import type { Sent, Session } from "../provider/session.ts";
import { OwedChats } from "./owed-chats.ts";
import { RESTRICTED, type SendResult, UNCONFIRMED } from "./send-result.ts";
import type { SendingGate } from "./sending-gate.ts";
import { WaitingChats } from "./waiting-chats.ts";

export interface OutboxPumpOptions {
  readonly instanceId: string;
  readonly outbox: Outbox;
  readonly waiting: WaitingOutbox;
  readonly session: Session;
  readonly capabilities: Pick<Capabilities, "resend" | "menus">;
  readonly gate: SendingGate;
  readonly logger: Logger;
  /** Makes a result durable, with its event and these. */
  settle(entry: OutboxEntry, result: SendResult, also: readonly DurableEvent[]): Promise<void>;
}

/** `waits`: not now, and others need not wait for it. `owed`: to be tried again. */
type Progress = "settled" | "waits" | "owed";

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
  readonly #chats = new OwedChats();
  readonly #waiting: WaitingChats;
  readonly #closing = new AbortController();
  #active = 0;
  #loadedTo = 0;
  #started = false;
  #more = true;
  #loading = false;

  constructor(options: OutboxPumpOptions) {
    const { instanceId, waiting, gate, logger } = options;
    this.#options = options;
    this.#waiting = new WaitingChats({
      instanceId,
      waiting,
      gate,
      logger,
      onReleased: (entries) => {
        for (const entry of entries) this.#chats.add(entry);
        this.#pump();
      },
    });
  }

  /** Begins with what is owed from before. */
  start(): void {
    void this.#waiting.start().then(() => {
      this.#started = true;
      this.#pump();
    });
  }

  /** A message that was just accepted. */
  offer(entry: OutboxEntry): void {
    if (this.#more || this.#loading || this.#chats.held >= WINDOW) this.#more = true;
    else this.#admit(entry);
    this.#pump();
  }

  /** Chats that wait may perhaps be begun now. */
  wake(): void {
    this.#waiting.wake();
  }

  /** Somebody wrote in a chat, or we did: what waited there goes before what is offered from now on. */
  chatKnown(chatId: string): void {
    if (!this.#waiting.some || this.#closing.signal.aborted) return;
    const { outbox, instanceId } = this.#options;
    this.#chats.hold(chatId);
    const read = async () => {
      for (const entry of await outbox.owedTo(instanceId, chatId)) this.#chats.add(entry);
    };
    read()
      .catch((error: unknown) => {
        this.#options.logger.error("outbox could not be read", { error });
        this.#more = true;
      })
      .finally(() => {
        this.#chats.letGo(chatId);
        this.#pump();
      });
  }

  /** Nothing is begun any more; what is on its way is told to end. */
  close(): void {
    this.#closing.abort();
    this.#waiting.close();
  }

  #admit(entry: OutboxEntry): void {
    if (entry.seq <= this.#loadedTo) return;
    this.#loadedTo = entry.seq;
    this.#chats.add(entry);
  }

  #pump(): void {
    if (!this.#started || this.#closing.signal.aborted) return;
    while (this.#active < CHATS_AT_A_TIME) {
      const entry = this.#chats.takeNext();
      if (!entry) break;
      this.#active += 1;
      void this.#sendNext(entry);
    }
    if (this.#more && !this.#loading && this.#chats.held <= WINDOW / 2) this.#load();
  }

  async #sendNext(entry: OutboxEntry): Promise<void> {
    const { chatId } = entry;
    const progress = await this.#advance(entry);
    this.#active -= 1;
    if (progress === "owed") {
      // Try again on this session a little later, or on the next one.
      if (this.#closing.signal.aborted) return;
      setTimeout(() => {
        this.#chats.letGo(chatId);
        this.#pump();
      }, RETRY_AFTER_MS).unref();
      return;
    }
    if (progress === "settled") this.#chats.remove(entry);
    this.#chats.letGo(chatId);
    this.#pump();
  }

  /** Never rejects. */
  async #advance(entry: OutboxEntry): Promise<Progress> {
    const { outbox, capabilities, gate, session } = this.#options;
    const ambiguous = capabilities.resend === "ambiguous";
    let marked = false;
    try {
      if (ambiguous && entry.status === "sending") {
        await this.#settle(entry, UNCONFIRMED);
        return "settled";
      }
      const held = await this.#keepBack(entry);
      if (held !== null) return held;
      await gate.takeTurn(session, entry, this.#closing.signal);
      if (ambiguous) await outbox.markSending(entry);
      marked = ambiguous;
      await this.#settle(entry, await this.#attempt(entry));
      return "settled";
    } catch (error) {
      if (this.#closing.signal.aborted && !marked) return "owed";
      this.#options.logger.warn("message not sent yet", { outboxId: entry.id, error });
      if (marked && isOrquestaError(error, "SESSION_CLOSED")) await this.#takeBack(entry);
      return "owed";
    }
  }

  /** What becomes of a message that may not be sent now, and those of its chat behind it; null: it may. */
  async #keepBack(entry: OutboxEntry): Promise<Progress | null> {
    const { chatId } = entry;
    const verdict = await this.#options.gate.ask(entry, this.#waiting.isBehind(chatId));
    if (verdict.kind === "wait") {
      const held = this.#chats.entriesOf(chatId);
      const toSeq = held.at(-1)?.seq ?? entry.seq;
      if (!(await this.#waiting.add(chatId, toSeq, verdict.reason))) return "owed";
      for (const one of held) this.#chats.remove(one);
      return "waits";
    }
    if (verdict.kind === "refuse") await this.#settle(entry, RESTRICTED);
    this.#waiting.decided(chatId);
    return verdict.kind === "refuse" ? "settled" : null;
  }

  async #settle(entry: OutboxEntry, result: SendResult): Promise<void> {
    const { gate, settle } = this.#options;
    const { breaker } = gate;
    if (result === RESTRICTED) return settle(entry, result, []);
    const probing = breaker.probing;
    try {
      if (result.status === "sent") await settle(entry, result, breaker.taken(entry.id));
      else if (result.error.code === "SEND_RESTRICTED") {
        await settle(entry, result, breaker.refused(entry.id, Date.now()));
      } else {
        breaker.gaveUp(entry.id);
        await settle(entry, result, []);
      }
    } finally {
      if (probing) this.#waiting.wake();
    }
  }

  async #takeBack(entry: OutboxEntry): Promise<void> {
    await this.#options.outbox.markQueued(entry).catch((error: unknown) => {
      this.#options.logger.warn("outbox could not be written", { error });
    });
  }

  /** @throws what says that the message is still owed */
  async #attempt(entry: OutboxEntry): Promise<SendResult> {
    for (let attempt = entry.attempt + 1; ; attempt += 1) {
      try {
        const { messageId } = await this.#sendOnce(entry, attempt);
        return { status: "sent", messageId };
      } catch (error) {
        if (isOrquestaError(error, "SEND_REJECTED") || isOrquestaError(error, "SEND_RESTRICTED")) {
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
        if (this.#closing.signal.aborted) return;
        setTimeout(() => {
          this.#loading = false;
          this.#more = true;
          this.#pump();
        }, RETRY_AFTER_MS).unref();
      },
    );
  }
}
