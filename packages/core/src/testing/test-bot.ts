import { randomUUID } from "node:crypto";
import type { BotHost, BotRunOptions } from "../engine/bot/index.ts";
import { InstanceManager, shownText, waitFor } from "../index.ts";
import { fakeContact } from "./fake/fake-contact.ts";
import { FakePlatform } from "./fake-platform.ts";
import type { FakeSession } from "./fake-session.ts";

/** What is tested: a `Bot`. */
export interface BotUnderTest {
  run(manager: BotHost, options: BotRunOptions): void;
}

export interface TestChatOptions {
  /** What the person who writes is called. @default "Ana" */
  readonly name?: string;
  /** Makes the chat a group. @default false */
  readonly group?: boolean;
}

export interface SayOptions {
  /** How long the bot may take, in ms. @default 10 000 */
  readonly timeoutMs?: number;
}

/** A chat with a bot under test, seen from the person who writes. */
export interface TestChat {
  /** Everything that the bot has said here, in order. */
  readonly replies: readonly string[];
  /**
   * Writes to the bot and waits until it has handled the message and all its replies have arrived.
   * Write one message after the other.
   * @returns the replies to this message
   * @throws what the bot's handler throws; TIMED_OUT
   */
  say(text: string, options?: SayOptions): Promise<readonly string[]>;
}

type Send = Parameters<BotHost["send"]>;

const INSTANCE = "bot";
const DEFAULT_CHAT = "5511988887777";
const DEFAULT_TIMEOUT_MS = 10_000;

/** A bot on a real manager in memory, which talks to a fake platform: no phone, no network. */
export class TestBot implements AsyncDisposable {
  /** For what the platform does beyond chats: refusals, lost answers. */
  readonly platform: FakePlatform = new FakePlatform();
  readonly #manager: InstanceManager<readonly [FakePlatform["provider"]]>;
  readonly #handled = new Map<string, PromiseWithResolvers<void>>();
  readonly #session: Promise<FakeSession>;
  #sends: Send[] = [];

  constructor(bot: BotUnderTest) {
    const manager = new InstanceManager({ providers: [this.platform.provider] });
    this.#manager = manager;
    bot.run(this.#host(), { name: "test" });
    this.#session = this.#connect();
    // Whoever writes first gets the error.
    this.#session.catch(() => {});
  }

  /** A chat of its own for each id. @param id 5 to 20 digits @default 5511988887777 */
  chat(id: string = DEFAULT_CHAT, { name = "Ana", group = false }: TestChatOptions = {}): TestChat {
    const repliesFrom = (first: number) => this.#repliesIn(id).slice(first);
    const sender = fakeContact(group ? "5511977776666" : id, name);
    return {
      get replies() {
        return repliesFrom(0);
      },
      say: async (text, { timeoutMs = DEFAULT_TIMEOUT_MS } = {}) => {
        const before = repliesFrom(0).length;
        const messageId = randomUUID();
        const handled = Promise.withResolvers<void>();
        handled.promise.catch(() => {});
        this.#handled.set(messageId, handled);
        const session = await this.#session;
        await session.receive(text, { id: messageId, chatId: id, sender, group });
        await waitFor(handled.promise, "handling the message", { timeoutMs });
        await waitFor(this.#arrival(), "sending the replies", { timeoutMs });
        return repliesFrom(before);
      },
    };
  }

  async close(): Promise<void> {
    await this.#manager.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The manager itself; only that it is known here when a message is handled, and that failures show at once. */
  #host(): BotHost {
    return {
      bots: this.#manager.bots,
      send: async (...send) => {
        const sent = await this.#manager.send(...send);
        this.#sends.push(send);
        return sent;
      },
      consume: (name, handler, options) => {
        this.#manager.consume(
          name,
          async (consumed) => {
            const handled = this.#handled.get(consumed.message.id);
            try {
              await handler(consumed);
              handled?.resolve();
            } catch (error) {
              handled?.reject(error);
              throw error;
            }
          },
          { ...options, backoffMs: [] },
        );
      },
    };
  }

  async #connect(): Promise<FakeSession> {
    const { id } = await this.#manager.create({ provider: "fake", name: INSTANCE });
    await this.#manager.start(id, { until: "connected", timeoutMs: DEFAULT_TIMEOUT_MS });
    return this.platform.session(id);
  }

  /** Sending the same again under the same key sends nothing: it tells when the first one is through. */
  async #arrival(): Promise<void> {
    const sends = this.#sends.splice(0);
    await Promise.all(
      sends.map(([id, chatId, content, options]) =>
        this.#manager.send(id, chatId, content, { ...options, until: "sent" }),
      ),
    );
  }

  #repliesIn(chatId: string): string[] {
    return this.platform.delivered
      .filter(({ message }) => message.chatId === chatId)
      .map(({ message: { content } }) => shownText(content) ?? "");
  }
}

/**
 * Runs a bot without a phone and without a network, on everything that it runs on in production:
 * journal, order, sessions and menus are the real ones. Close it, or declare it with `await using`.
 */
export function testBot(bot: BotUnderTest): TestBot {
  return new TestBot(bot);
}
