import type { Logger } from "../log/logger.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import type { WaitingReason } from "../outbox/outbox-view.ts";
import type { WaitingOutbox } from "../outbox/waiting-outbox.ts";
import type { SendingGate } from "./sending-gate.ts";

export interface WaitingChatsOptions {
  readonly instanceId: string;
  readonly waiting: WaitingOutbox;
  readonly gate: SendingGate;
  readonly logger: Logger;
  /** The messages of a chat that may be begun now. */
  onReleased(entries: readonly OutboxEntry[]): void;
}

const MAX_SLEEP_MS = 3_600_000;
const RETRY_AFTER_MS = 2000;

/**
 * Chats that may not be begun yet. Their messages wait in the outbox, not in memory, and go on one chat
 * after the other, in the order of acceptance.
 */
export class WaitingChats {
  readonly #options: WaitingChatsOptions;
  /** Released; whether they may really be begun is asked next. */
  readonly #next = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #some = false;
  #taking = false;
  /** Something has changed while it was taking. */
  #again = false;
  #closed = false;

  constructor(options: WaitingChatsOptions) {
    this.#options = options;
  }

  /** Looks what waits from before; nothing may be sent until then. Never rejects. */
  async start(): Promise<void> {
    const { instanceId, waiting, logger } = this.#options;
    try {
      this.#some = await waiting.any(instanceId);
    } catch (error) {
      logger.error("waiting messages could not be read", { error });
      this.#some = true;
    }
    this.wake();
  }

  /** Whether there may be some. */
  get some(): boolean {
    return this.#some;
  }

  isBehind(chatId: string): boolean {
    return this.#some && !this.#next.has(chatId);
  }

  /** @returns false when the chat is known by now: it need not wait */
  async add(chatId: string, toSeq: number, reason: WaitingReason): Promise<boolean> {
    const { instanceId, waiting } = this.#options;
    this.#some = true;
    const added = await waiting.add({ instanceId, chatId, toSeq, reason });
    this.#next.delete(chatId);
    this.wake();
    return added;
  }

  /** Whether a released chat goes on is known: the next one may come. */
  decided(chatId: string): void {
    if (this.#next.delete(chatId)) this.wake();
  }

  /** Something has changed: looks whether a chat may go on. */
  wake(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#some || this.#closed || this.#next.size > 0) return;
    this.#again = this.#taking;
    if (this.#taking) return;
    this.#taking = true;
    void this.#takeOne();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #takeOne(): Promise<void> {
    let afterMs = RETRY_AFTER_MS;
    try {
      afterMs = await this.#take();
    } catch (error) {
      this.#options.logger.error("waiting messages could not be read", { error });
    }
    this.#taking = false;
    if (this.#again) this.wake();
    else this.#sleep(afterMs);
  }

  /** @returns how long nothing can change by itself, ms */
  async #take(): Promise<number> {
    const { instanceId, waiting, gate, onReleased } = this.#options;
    const afterMs = (await gate.opensAt()) - Date.now();
    if (afterMs > 0) return afterMs;
    const entries = await waiting.takeNext(instanceId);
    const [first] = entries;
    if (this.#closed) return Number.POSITIVE_INFINITY;
    if (first) {
      this.#next.add(first.chatId);
      onReleased(entries);
    } else {
      this.#some = false;
    }
    return Number.POSITIVE_INFINITY;
  }

  #sleep(ms: number): void {
    if (this.#closed || !this.#some || ms === Number.POSITIVE_INFINITY) return;
    this.#timer ??= setTimeout(() => this.wake(), Math.min(Math.max(ms, 1), MAX_SLEEP_MS));
    this.#timer.unref();
  }
}
