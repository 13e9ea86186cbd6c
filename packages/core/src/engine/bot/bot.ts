import { OrquestaError } from "../error/orquesta-error.ts";
import type { ConsumedMessage, ConsumeOptions } from "../journal/consumer.ts";
import type { IncomingMessage } from "../message/incoming-message.ts";
import {
  BotContext,
  ChoiceContext,
  CommandContext,
  type ContentType,
  isOfType,
  MatchContext,
  TextContext,
} from "./bot-context.ts";
import type { BotHost } from "./bot-host.ts";
import { BotRun } from "./bot-run.ts";
import { readMemory, writeMemory } from "./chat-memory.ts";
import { parseCommandLine } from "./command-line.ts";
import { type Handler, type Next, runInOrder } from "./middleware.ts";

export interface BotOptions<Session> {
  /** What the bot knows of a chat that it never heard of; makes `ctx.session`. @default no session */
  readonly session?: () => Session;
  /** What commands begin with. @default "/" */
  readonly prefix?: string;
  /**
   * Chats in which the bot hears anything at all. An account sits in groups and sees status updates of
   * its contacts, and a bot that answers those by accident is reported.
   * @default ["direct"]
   */
  readonly chats?: readonly IncomingMessage["chatType"][];
}

export interface BotRunOptions extends ConsumeOptions {
  /** Under this name the bot's place in the journal and its sessions outlive the process. */
  readonly name: string;
}

/** What `hears` compares a text with: all of it, in any case; an expression; a function of your own. */
export type Pattern = string | RegExp | ((text: string, message: IncomingMessage) => boolean);

type BoundaryHandler<Session> = (error: unknown, ctx: BotContext<Session>) => unknown;

/**
 * Answers messages: handlers in the order of their registration, the first that fits takes the message
 * unless it calls `next`. One bot may run on many instances and managers.
 */
export class Bot<Session extends object | undefined = undefined> {
  readonly #options: BotOptions<Session>;
  readonly #prefix: string;
  readonly #chats: ReadonlySet<IncomingMessage["chatType"]>;
  readonly #handlers: Handler<BotRun<Session>>[] = [];
  #boundary: BoundaryHandler<Session> | null = null;

  /** @throws VALIDATION_FAILED */
  constructor(options: BotOptions<Session> = {}) {
    const { prefix = "/", chats = ["direct"] } = options;
    if (prefix === "" || /\s/.test(prefix)) {
      throw new OrquestaError("VALIDATION_FAILED", "the prefix of commands has to be a word");
    }
    this.#options = options;
    this.#prefix = prefix;
    this.#chats = new Set(chats);
  }

  /** Handles everything that comes past, answers to menus included; `next` goes on. */
  use(handler: Handler<BotContext<Session>>): this {
    return this.#add((run, next) => handler(new BotContext(run, run.consumed.message), next));
  }

  /** Handles `/name` with its arguments; case does not matter. @throws VALIDATION_FAILED */
  command(name: string | readonly string[], handler: Handler<CommandContext<Session>>): this {
    const names = new Set([name].flat().map((one) => one.toLowerCase()));
    for (const one of names) {
      if (/^[^\s@]+$/.test(one) && !one.startsWith(this.#prefix)) continue;
      throw new OrquestaError(
        "VALIDATION_FAILED",
        `a command is one word and is named without the prefix: "${one}" is not`,
      );
    }
    return this.#addText((run, message, next) => {
      const line = parseCommandLine(message.content.text, this.#prefix);
      if (!line || !names.has(line.name)) return next();
      return handler(new CommandContext(run, message, line), next);
    });
  }

  /** Handles texts that a pattern fits. */
  hears(pattern: RegExp, handler: Handler<MatchContext<Session>>): this;
  hears(pattern: Pattern | readonly Pattern[], handler: Handler<TextContext<Session>>): this;
  hears(
    pattern: Pattern | readonly Pattern[],
    handler: Handler<MatchContext<Session>> & Handler<TextContext<Session>>,
  ): this {
    const patterns = [pattern].flat().map(withoutPosition);
    return this.#addText((run, message, next) => {
      const { text } = message.content;
      for (const one of patterns) {
        if (one instanceof RegExp) {
          const match = one.exec(text);
          if (match) return handler(new MatchContext(run, message, match), next);
        } else if (typeof one === "string" ? isSame(one, text) : one(text, message)) {
          return handler(new TextContext(run, message), next);
        }
      }
      return next();
    });
  }

  /** Handles messages by what they contain; `"message"` is every one. */
  on(what: "message", handler: Handler<BotContext<Session>>): this;
  on(what: "text", handler: Handler<TextContext<Session>>): this;
  on<Type extends ContentType>(what: Type, handler: Handler<BotContext<Session, Type>>): this;
  on(
    what: "message" | ContentType,
    handler: Handler<BotContext<Session>> & Handler<TextContext<Session>>,
  ): this {
    return this.#add((run, next) => {
      const { message } = run.consumed;
      if (run.answersMenu || (what !== "message" && !isOfType(message, what))) return next();
      if (isOfType(message, "text")) return handler(new TextContext(run, message), next);
      return handler(new BotContext(run, message), next);
    });
  }

  /** Handles the answer to a menu of `ctx.choose` by the value of the choice, and to other buttons and lists by its id. */
  choice(
    value: string | RegExp | readonly string[],
    handler: Handler<ChoiceContext<Session>>,
  ): this {
    const pattern = value instanceof RegExp ? withoutPosition(value) : [value].flat();
    return this.#add((run, next) => {
      const { chosen, consumed } = run;
      const { message } = consumed;
      if (!chosen || !(isOfType(message, "choice") || isOfType(message, "text"))) return next();
      const fits = Array.isArray(pattern)
        ? pattern.includes(chosen.value)
        : pattern.test(chosen.value);
      return fits ? handler(new ChoiceContext(run, message, chosen), next) : next();
    });
  }

  /**
   * Takes what handlers throw. When it returns, the message counts as handled and the session stays as it
   * was before; when it throws, the message is handled again by the rules of `manager.consume`, and put
   * aside after the last try. Its replies are counted apart from those of the handlers.
   * @default logs the error and throws it on
   */
  catch(handler: BoundaryHandler<Session>): this {
    this.#boundary = handler;
    return this;
  }

  /**
   * Answers the messages of a manager's instances until the manager closes, and goes on where it was when
   * it runs again. A message that comes again after a crash is handled again unless its handler had
   * finished: each of its replies goes out once, the session changes once.
   * @throws CONSUMER_NAME_TAKEN, VALIDATION_FAILED
   */
  run(manager: BotHost, { name, ...options }: BotRunOptions): void {
    manager.consume(name, (consumed) => this.#handle(name, manager, consumed), options);
  }

  async #handle(bot: string, host: BotHost, consumed: ConsumedMessage): Promise<void> {
    const { instanceId, eventId, message, signal } = consumed;
    if (!this.#chats.has(message.chatType)) return;
    const place = { bot, instanceId, chatId: message.chatId };
    const stored = await host.bots.session(place);
    // Its handler has finished; the process ended before the journal knew.
    if (stored?.eventId === eventId) return;
    const memory = readMemory(stored?.value ?? null, this.#initialSession());
    const before = writeMemory(memory);
    const run = new BotRun(bot, host, consumed, memory);
    let value: string;
    try {
      await runInOrder(this.#handlers, run, () => run.fallThrough());
      await run.settle();
      value = writeMemory(memory);
    } catch (error) {
      await run.finish();
      signal.throwIfAborted();
      return this.#caught(error, run);
    }
    if (value === before) return;
    await host.bots.saveSession(place, { value, eventId }, stored?.eventId ?? null);
  }

  async #caught(error: unknown, run: BotRun<Session>): Promise<void> {
    if (!this.#boundary) {
      run.logger.error("a handler of a bot failed", { error });
      throw error;
    }
    run.enterScope("error/");
    await this.#boundary(error, new BotContext(run, run.consumed.message));
    await run.settle();
  }

  #initialSession(): Session {
    // Without a session the type parameter is its default.
    return this.#options.session?.() as Session;
  }

  #add(handler: Handler<BotRun<Session>>): this {
    this.#handlers.push((run, next) => {
      let rest: Promise<void> | undefined;
      const result = handler(run, () => {
        rest = run.track(next());
        return rest;
      });
      // One that is not asynchronous cannot have waited for what it set off.
      return result ?? rest;
    });
    return this;
  }

  /** Texts that are no answer to a menu. */
  #addText(
    handler: (
      run: BotRun<Session>,
      message: TextContext<Session>["message"],
      next: Next,
    ) => unknown,
  ): this {
    return this.#add((run, next) => {
      const { message } = run.consumed;
      if (run.answersMenu || !isOfType(message, "text")) return next();
      return handler(run, message, next);
    });
  }
}

function isSame(pattern: string, text: string): boolean {
  return pattern.trim().toLowerCase() === text.trim().toLowerCase();
}

/** A global or sticky expression goes on where it matched last: with the next message in the middle. */
function withoutPosition<T>(pattern: T): T | RegExp {
  if (!(pattern instanceof RegExp)) return pattern;
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
}
