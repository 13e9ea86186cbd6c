import type { ConsumeOptions, MessageHandler } from "../journal/consumer.ts";
import type { Logger } from "../log/logger.ts";
import type { OutgoingContent } from "../message/outgoing-content.ts";
import type { OutboxView } from "../outbox/outbox-view.ts";

/** A chat as one bot sees it. */
export interface BotPlace {
  readonly bot: string;
  readonly instanceId: string;
  readonly chatId: string;
}

/** What a bot remembers of a chat, as stored. */
export interface StoredSession {
  /** JSON. */
  readonly value: string;
  /** The message whose handler left this behind. */
  readonly eventId: string;
}

/** What a bot needs of the engine beside `consume` and `send`: `manager.bots`. */
export interface BotSupport {
  /** Takes what a bot's handler throws. */
  readonly logger: Logger;
  /** Null when the bot remembers nothing of the chat. @throws DATABASE_FAILED, MANAGER_CLOSED */
  session(place: BotPlace): Promise<StoredSession | null>;
  /**
   * Replaces what the handler began with; a repeat changes nothing.
   * @param previous the event that was there when the handler began; null when there was none
   * @throws FENCE_LOST when another run has saved meanwhile, INSTANCE_NOT_FOUND, DATABASE_FAILED
   */
  saveSession(place: BotPlace, session: StoredSession, previous: string | null): Promise<void>;
  /** The message that was sent under an idempotency key. @throws MESSAGE_NOT_FOUND */
  sentUnder(instanceId: string, idempotencyKey: string): Promise<OutboxView>;
}

/** What a bot runs on: an `InstanceManager`. */
export interface BotHost {
  consume(name: string, handler: MessageHandler, options?: ConsumeOptions): void;
  send(
    instanceId: string,
    chatId: string,
    content: OutgoingContent,
    options: { readonly idempotencyKey: string },
  ): Promise<OutboxView>;
  readonly bots: BotSupport;
}
