import { hash } from "node:crypto";
import { isOrquestaError, OrquestaError } from "../error/orquesta-error.ts";
import type { ConsumedMessage } from "../journal/consumer.ts";
import type { Logger } from "../log/logger.ts";
import type { OutgoingContent } from "../message/outgoing-content.ts";
import type { OutboxView } from "../outbox/outbox-view.ts";
import type { BotHost } from "./bot-host.ts";
import type { ChatMemory } from "./chat-memory.ts";
import {
  type Choice,
  type Chosen,
  findChoice,
  menuContent,
  type OpenMenu,
  openMenu,
  otherChoice,
  repeatMenu,
} from "./menu.ts";

const MAX_KEY_LENGTH = 100;

/** One message on its way through a bot. */
export class BotRun<Session> {
  readonly consumed: ConsumedMessage;
  readonly memory: ChatMemory<Session>;
  readonly logger: Logger;
  /** What the message chooses, from the open menu or from other buttons. */
  readonly chosen: Chosen | null;
  /** The message answers the open menu: it is for nobody else. */
  readonly answersMenu: boolean;
  readonly #bot: string;
  readonly #host: BotHost;
  readonly #pending = new Set<Promise<unknown>>();
  #scope = "";
  #replies = 0;
  #menus = 0;
  #last: Promise<unknown> = Promise.resolve();
  readonly #asked: OpenMenu | null;

  constructor(bot: string, host: BotHost, consumed: ConsumedMessage, memory: ChatMemory<Session>) {
    const { instanceId, eventId } = consumed;
    this.#bot = bot;
    this.#host = host;
    this.consumed = consumed;
    this.memory = memory;
    this.logger = host.bots.logger.child({ bot, instanceId, eventId });
    const { content } = consumed.message;
    const { menu } = memory;
    this.#asked = menu;
    const answer = menu && findChoice(menu, content, Date.now());
    this.answersMenu = answer !== null;
    this.chosen = answer ?? otherChoice(content);
    if (answer) memory.menu = null;
  }

  get text(): string | null {
    const { content } = this.consumed.message;
    if (content.type === "choice") return content.title;
    return content.type === "text" ? content.text : null;
  }

  /** Opens a menu. @returns what asks it @throws VALIDATION_FAILED */
  open(question: string, choices: readonly Choice[], expiresAt: number): OutgoingContent {
    const place = `${this.#bot}/${this.consumed.eventId}/${this.#menus++}`;
    const key = hash("sha256", place).slice(0, 12);
    const menu = openMenu(question, choices, { expiresAt, key });
    this.memory.menu = menu;
    return menuContent(menu);
  }

  /** Replies from now on are not those of the handler: they are counted, and so sent, apart. */
  enterScope(scope: string): void {
    this.#scope = scope;
    this.#replies = 0;
  }

  /** Sends one after the other, in the order of the calls, each once however often the message is handled. */
  reply(content: OutgoingContent, key?: string): Promise<OutboxView> {
    if (key !== undefined && (key.length === 0 || key.length > MAX_KEY_LENGTH)) {
      const problem = `the key of a reply has 1 to ${MAX_KEY_LENGTH} characters`;
      return Promise.reject(new OrquestaError("VALIDATION_FAILED", problem));
    }
    const place = key === undefined ? `${this.#scope}${this.#replies++}` : `=${key}`;
    const idempotencyKey = `${this.#bot}/${this.consumed.eventId}/${place}`;
    const sent = this.#last.then(() => this.#send(content, idempotencyKey));
    this.#last = sent.catch((error: unknown) => {
      this.logger.warn("a reply of a bot could not be sent", { error });
    });
    return this.track(sent);
  }

  /** Makes the run wait for what a handler may forget to wait for, and fail when that fails. */
  track<T>(promise: Promise<T>): Promise<T> {
    this.#pending.add(promise);
    const settled = () => this.#pending.delete(promise);
    promise.then(settled, settled);
    return promise;
  }

  /** Resolves when nothing is under way any more. @throws what failed meanwhile */
  async settle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    this.consumed.signal.throwIfAborted();
  }

  /** Resolves when nothing is under way any more, however it ended. */
  async finish(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  /** Nobody took the message: an open question is asked once more. */
  async fallThrough(): Promise<void> {
    const { menu } = this.memory;
    if (this.answersMenu) {
      this.logger.warn("a bot has no handler for a choice of its menu");
    } else if (menu && menu === this.#asked && this.text !== null) {
      this.memory.menu = repeatMenu(menu, Date.now());
      if (this.memory.menu) await this.reply(menuContent(menu));
    }
  }

  async #send(content: OutgoingContent, idempotencyKey: string): Promise<OutboxView> {
    const { instanceId, message, signal } = this.consumed;
    // Somebody else handles the message already.
    signal.throwIfAborted();
    try {
      return await this.#host.send(instanceId, message.chatId, content, { idempotencyKey });
    } catch (error) {
      // An earlier run said something else here, and what is said is said.
      if (!isOrquestaError(error, "IDEMPOTENCY_KEY_REUSED")) throw error;
      return this.#host.bots.sentUnder(instanceId, idempotencyKey);
    }
  }
}
