import { isOrquestaError } from "../error/orquesta-error.ts";
import type { DurableEvent } from "../event/instance-event.ts";
import type { Logger } from "../log/logger.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import type { SentIds } from "../outbox/sent-ids.ts";
import type { WaitingOutbox } from "../outbox/waiting-outbox.ts";
import type { Capabilities } from "../provider/capabilities.ts";
import type { Session } from "../provider/session.ts";
import { attempt } from "./attempt.ts";
import { OwedChats } from "./owed-chats.ts";
import { RESTRICTED, type SendResult, UNCONFIRMED } from "./send-result.ts";
import type { SendingGate } from "./sending-gate.ts";
import { WaitingChats } from "./waiting-chats.ts";

export interface OutboxPumpOptions {
  readonly instanceId: string;
  readonly outbox: Outbox;
  readonly waiting: WaitingOutbox;
  readonly sentIds: SentIds;
  readonly session: Session;
  readonly capabilities: Pick<Capabilities, "resend" | "menus">;
  readonly gate: SendingGate;
  readonly logger: Logger;
  /** Makes a result durable, with its event and these. */
  settle(entry: OutboxEntry, result: SendResult, also: readonly DurableEvent[]): Promise<void>;
}

/** `waits`: not now, and others need not wait for it. `owed`: to be tried again. */
type Progress = "settled" | "waits" | "owed";

/** What became of a message, with what else that tells. */
interface Outcome {
  readonly entry: OutboxEntry;
  readonly result: SendResult;
  readonly also: readonly DurableEvent[];
}

const WINDOW = 200;
const CHATS_AT_A_TIME = 8;
const RETRY_AFTER_MS = 2000;

/**
 * Sends what an instance owes through one live session: in order inside a chat, chats side by side, in
 * bounded memory. Ends with its session; what was not sent is owed to the next one.
 */
export class OutboxPump {
  readonly #options: OutboxPumpOptions;
  readonly #chats = new OwedChats();
  readonly #waiting: WaitingChats;
  /** Of messages whose result could not be stored yet: they must not be sent again. */
  readonly #unstored = new Map<string, Outcome>();
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
    const { outbox, capabilities, gate, session, logger } = this.#options;
    const { signal } = this.#closing;
    const ambiguous = capabilities.resend === "ambiguous";
    let marked = false;
    try {
      const outcome = this.#unstored.get(entry.id);
      if (outcome) {
        await this.#store(outcome);
        this.#waiting.decided(entry.chatId);
        return "settled";
      }
      if (ambiguous && entry.status === "sending") {
        await this.#settle(entry, UNCONFIRMED);
        return "settled";
      }
      const held = await this.#keepBack(entry);
      if (held !== null) return held;
      await gate.takeTurn(session, entry, signal);
      if (!ambiguous) {
        await this.#settle(entry, await attempt({ session, capabilities, signal }, entry));
        return "settled";
      }
      const resolved = await this.#resolve(entry);
      if (resolved === null) return "settled";
      const since = await outbox.markSending(entry);
      marked = true;
      const result = await attempt({ session, capabilities, signal }, resolved);
      await this.#settle(resolved, result.status === "sent" ? { ...result, since } : result);
      return "settled";
    } catch (error) {
      if (signal.aborted && !marked) return "owed";
      const decided = this.#unstored.has(entry.id);
      const what = decided ? "result of a message not stored yet" : "message not sent yet";
      logger.warn(what, { outboxId: entry.id, error });
      if (marked && !decided && isOrquestaError(error, "SESSION_CLOSED")) {
        await this.#takeBack(entry);
      }
      return "owed";
    }
  }

  /** The message as the platform has to be told it; null: it failed, for it is about one that was not sent. */
  async #resolve(entry: OutboxEntry): Promise<OutboxEntry | null> {
    const { sentIds, instanceId } = this.#options;
    try {
      return { ...entry, content: await sentIds.resolve(instanceId, entry.content) };
    } catch (error) {
      if (!isOrquestaError(error, "SEND_REJECTED")) throw error;
      const { code, message } = error;
      await this.#settle(entry, { status: "failed", error: { code, message } });
      return null;
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
    const { probing } = this.#options.gate.breaker;
    try {
      await this.#store({ entry, result, also: this.#consequences(entry, result) });
    } finally {
      if (probing) this.#waiting.wake();
    }
  }

  /** What a result tells of the account. */
  #consequences({ id }: OutboxEntry, result: SendResult): readonly DurableEvent[] {
    const { breaker } = this.#options.gate;
    if (result === RESTRICTED) return [];
    if (result.status === "sent") return breaker.taken(id);
    if (result.error.code === "SEND_RESTRICTED") return breaker.refused(id, Date.now());
    breaker.gaveUp(id);
    return [];
  }

  async #store(outcome: Outcome): Promise<void> {
    const { entry, result, also } = outcome;
    this.#unstored.set(entry.id, outcome);
    await this.#options.settle(entry, result, also);
    this.#unstored.delete(entry.id);
  }

  async #takeBack(entry: OutboxEntry): Promise<void> {
    await this.#options.outbox.markQueued(entry).catch((error: unknown) => {
      this.#options.logger.warn("outbox could not be written", { error });
    });
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
