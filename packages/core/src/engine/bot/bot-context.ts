import type { IncomingContent } from "../message/incoming-content.ts";
import type { IncomingMessage } from "../message/incoming-message.ts";
import type { OutgoingContent } from "../message/outgoing-content.ts";
import { withQuote } from "../message/with-quote.ts";
import type { OutboxView } from "../outbox/outbox-view.ts";
import type { BotRun } from "./bot-run.ts";
import type { Choice, Chosen } from "./menu.ts";

export type ContentType = IncomingContent["type"];

/** A message with content of a certain type. */
export type MessageOf<Type extends ContentType> = IncomingMessage & {
  readonly content: Extract<IncomingContent, { readonly type: Type }>;
};

export interface ReplyOptions {
  /** Shows the message that it answers above it. @default false */
  readonly quote?: boolean;
  /**
   * Names this reply among those to the message. Unnamed ones are counted; name those that only some
   * runs reach, so that on a repeat the second reply is not taken for the first. 1 to 100 characters.
   */
  readonly key?: string;
}

export interface ChooseOptions extends ReplyOptions {
  /** How long an answer counts, in ms. @default 24 hours */
  readonly validMs?: number;
}

const DAY_MS = 86_400_000;

/** What a handler has of the message it handles. */
export class BotContext<Session, Type extends ContentType = ContentType> {
  readonly message: MessageOf<Type>;
  readonly #run: BotRun<Session>;

  constructor(run: BotRun<Session>, message: MessageOf<Type>) {
    this.#run = run;
    this.message = message;
  }

  get instanceId(): string {
    return this.#run.consumed.instanceId;
  }

  /** Names the message once and for all: for idempotency keys of your own. */
  get eventId(): string {
    return this.#run.consumed.eventId;
  }

  get chat(): { readonly id: string; readonly type: IncomingMessage["chatType"] } {
    const { chatId, chatType } = this.message;
    return { id: chatId, type: chatType };
  }

  /** Of a choice its title; null when the message is neither that nor a text. */
  get text(): string | null {
    return this.#run.text;
  }

  /** An earlier run for this message may have done its work, wholly or in part. */
  get repeat(): boolean {
    return this.#run.consumed.repeat;
  }

  /** Fires when the handler has to end: it took too long, or the manager closes. */
  get signal(): AbortSignal {
    return this.#run.consumed.signal;
  }

  /**
   * What the bot remembers of the chat: change it or replace it. It is stored when the handler has
   * succeeded, all at once, and as it was before when it has not. JSON, at most 64 KiB.
   */
  get session(): Session {
    return this.#run.memory.session;
  }

  set session(session: Session) {
    this.#run.memory.session = session;
  }

  /**
   * Answers in the chat of the message: durable when it resolves. The nth reply to a message is sent
   * once, however often the message is handled; when a repeat words it differently, the first stands.
   * @throws what `manager.send` throws; ABORTED when the handler's time is over
   */
  reply(content: string | OutgoingContent, options: ReplyOptions = {}): Promise<OutboxView> {
    const { quote = false, key } = options;
    const message: OutgoingContent =
      typeof content === "string" ? { type: "text", text: content } : content;
    return this.#run.reply(quote ? withQuote(message, this.message.id) : message, key);
  }

  /**
   * Asks a question with answers to choose from: buttons or a list where the platform has them, numbers
   * where not. The answer, a tap, "2" or the label, goes to `bot.choice`, also after a restart. Anything else goes to the other handlers; when none of them takes it, the question
   * is asked again, twice at most. A chat has one open menu, the last one.
   * @throws VALIDATION_FAILED, what `reply` throws
   */
  choose(
    question: string,
    choices: readonly Choice[],
    { validMs = DAY_MS, ...options }: ChooseOptions = {},
  ): Promise<OutboxView> {
    return this.reply(this.#run.open(question, choices, Date.now() + validMs), options);
  }
}

/** The context of a text. */
export class TextContext<Session> extends BotContext<Session, "text"> {
  override get text(): string {
    return this.message.content.text;
  }
}

/** The context of a command. */
export class CommandContext<Session> extends TextContext<Session> {
  /** The command, without its prefix and in lower case. */
  readonly command: string;
  /** What follows the command, by words; quotation marks keep words together. */
  readonly args: readonly string[];

  constructor(
    run: BotRun<Session>,
    message: MessageOf<"text">,
    { name, args }: { readonly name: string; readonly args: readonly string[] },
  ) {
    super(run, message);
    this.command = name;
    this.args = args;
  }
}

/** The context of a text that a regular expression matched. */
export class MatchContext<Session> extends TextContext<Session> {
  readonly match: RegExpExecArray;

  constructor(run: BotRun<Session>, message: MessageOf<"text">, match: RegExpExecArray) {
    super(run, message);
    this.match = match;
  }
}

/** The context of an answer to a menu: a choice, or a text that says the same. */
export class ChoiceContext<Session> extends BotContext<Session, "choice" | "text"> {
  readonly choice: Chosen;

  constructor(run: BotRun<Session>, message: MessageOf<"choice" | "text">, choice: Chosen) {
    super(run, message);
    this.choice = choice;
  }

  override get text(): string {
    const { content } = this.message;
    return content.type === "choice" ? content.title : content.text;
  }
}

export function isOfType<Type extends ContentType>(
  message: IncomingMessage,
  type: Type,
): message is MessageOf<Type> {
  return message.content.type === type;
}
