import { setTimeout as sleep } from "node:timers/promises";
import {
  type KeyChange,
  OrquestaError,
  type OutboxMessage,
  type Sent,
  type SessionContext,
} from "@orquesta/core";
import type { BotApi } from "../api/bot-api.ts";
import { failureOf, isTokenRefused } from "../api/bot-api-error.ts";
import type { BotMessage } from "../api/bot-api-types.ts";
import { targetOf } from "../chat-id.ts";
import type { ChatPace } from "../chat-pace.ts";
import { migrated } from "../incoming/group-changes.ts";
import { migrationKeys } from "../incoming/update-reader.ts";
import type { OwnPolls } from "../own-polls.ts";
import { readValue } from "../session-values.ts";
import type { Call } from "./call.ts";
import { compose } from "./outgoing-message.ts";

/** A longer wait is left to the outbox, which lets other chats go first. */
const MAX_WAIT_MS = 3_000;
const MAX_ROUNDS = 3;

export interface MessageSenderParts {
  readonly context: SessionContext<unknown>;
  readonly api: BotApi;
  readonly pace: ChatPace;
  readonly polls: OwnPolls;
  readonly onSent: () => void;
  readonly onTokenRefused: () => void;
}

/** Sends messages and finds out what became of them. */
export class MessageSender {
  readonly #parts: MessageSenderParts;

  constructor(parts: MessageSenderParts) {
    this.#parts = parts;
  }

  async send(message: OutboxMessage, signal: AbortSignal): Promise<Sent> {
    const sending = this.#send(message, signal);
    if (message.content.type === "poll") this.#parts.polls.expect(sending);
    return await sending;
  }

  /** Goes on while Telegram tells where or when to send instead. */
  async #send(message: OutboxMessage, signal: AbortSignal): Promise<Sent> {
    for (let round = 1; ; round += 1) {
      const chatId = await this.currentChat(message.chatId);
      await this.#waitForTurn(chatId, signal);
      try {
        return await this.#sendOnce({ ...message, chatId }, signal);
      } catch (error) {
        const goesOn = round < MAX_ROUNDS && (await this.#mayGoOn(error, chatId));
        if (!goesOn) throw error instanceof NotSent ? error.toOrquestaError() : error;
      }
    }
  }

  /** The chat that an address leads to by now. */
  async currentChat(chatId: string): Promise<string> {
    const migration = await readValue(this.#parts.context.keys, "telegram-migration", chatId);
    return migration?.chatId ?? chatId;
  }

  async #waitForTurn(chatId: string, signal: AbortSignal): Promise<void> {
    const waitMs = this.#parts.pace.waitOf(chatId);
    if (waitMs === 0) return;
    if (waitMs > MAX_WAIT_MS) throw later(waitMs);
    const either = AbortSignal.any([signal, this.#parts.api.closed]);
    try {
      await sleep(waitMs, undefined, { signal: either });
    } catch (cause) {
      throw new OrquestaError("SESSION_CLOSED", "the session is over", { cause });
    }
  }

  async #mayGoOn(error: unknown, chatId: string): Promise<boolean> {
    if (!(error instanceof NotSent)) return false;
    const failure = failureOf(error.cause);
    if (failure?.retryAfterMs !== undefined) {
      this.#parts.pace.slowDown(chatId, failure.retryAfterMs);
      return true;
    }
    if (failure?.migratedTo === undefined) return false;
    const events = [migrated(Number(chatId), failure.migratedTo)];
    await this.#parts.context.commit({ events, keys: migrationKeys(events) });
    return true;
  }

  async #sendOnce(message: OutboxMessage, signal: AbortSignal): Promise<Sent> {
    const { context } = this.#parts;
    const { calls, keys } = await compose(message.content, targetOf(message.chatId), context.media);
    if (keys.length > 0) await context.commit({ keys });
    let sent: Sent | null = null;
    for (const [index, call] of calls.entries()) {
      try {
        const result = await this.#call(call, signal);
        sent ??= { messageId: idOf(result) ?? message.messageId };
        await this.#keepPoll(result, message.chatId);
      } catch (error) {
        throw index === 0 ? error : partly(index, calls.length, error);
      }
    }
    this.#parts.onSent();
    return sent ?? { messageId: message.messageId };
  }

  async #call(call: Call, signal: AbortSignal): Promise<unknown> {
    const { method, payload, doneWhen, otherwise } = call;
    try {
      return await this.#parts.api.call(method, payload, { signal });
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      if (failure.outcome === "refused") {
        if (doneWhen?.test(failure.description)) return null;
        if (otherwise?.when.test(failure.description)) {
          return await this.#call(otherwise.call, signal);
        }
      }
      if (isTokenRefused(error) && failure.status === 401) {
        this.#parts.onTokenRefused();
        throw new NotSent("SESSION_CLOSED", "Telegram does not know this token", error);
      }
      throw toSendError(call, error, failure.outcome, failure.description);
    }
  }

  /** A poll that is voted on is known by its own id only. */
  async #keepPoll(result: unknown, chatId: string): Promise<void> {
    if (!isMessage(result) || !result.poll) return;
    const { id, options } = result.poll;
    const messageId = String(result.message_id);
    const texts = options.map(({ text }) => text);
    const keys: KeyChange[] = [this.#parts.polls.toKey(id, { chatId, messageId, options: texts })];
    await this.#parts.context.commit({ keys });
  }
}

/** It was not sent; its cause may say how to go on. */
class NotSent extends Error {
  readonly code: "SEND_REJECTED" | "SESSION_CLOSED";

  constructor(code: "SEND_REJECTED" | "SESSION_CLOSED", message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }

  toOrquestaError(): OrquestaError {
    return new OrquestaError(this.code, this.message, { cause: this.cause });
  }
}

function toSendError(
  { isRepeatable }: Call,
  error: unknown,
  outcome: "refused" | "not_sent" | "unknown",
  description: string,
): Error {
  if (failureOf(error)?.retryAfterMs !== undefined) {
    return new NotSent("SESSION_CLOSED", `Telegram wants us to wait: ${description}`, error);
  }
  if (outcome === "refused") {
    return new NotSent("SEND_REJECTED", `Telegram refused the message: ${description}`, error);
  }
  if (outcome === "not_sent" || isRepeatable) {
    return new NotSent("SESSION_CLOSED", `Telegram was not reached: ${description}`, error);
  }
  return unknown(`Telegram's answer was lost: ${description}`, error);
}

function partly(sent: number, all: number, cause: unknown): OrquestaError {
  return unknown(`only ${sent} of ${all} messages were sent`, cause);
}

function unknown(message: string, cause: unknown): OrquestaError {
  return new OrquestaError("SEND_OUTCOME_UNKNOWN", message, { cause });
}

function later(waitMs: number): OrquestaError {
  const seconds = Math.ceil(waitMs / 1000);
  return new OrquestaError("SESSION_CLOSED", `Telegram wants the chat to wait for ${seconds} s`);
}

function isMessage(value: unknown): value is BotMessage {
  return typeof value === "object" && value !== null && "message_id" in value;
}

/** Of an album, that of its first picture; null where the answer is only that it is done. */
function idOf(result: unknown): string | null {
  const first: unknown = Array.isArray(result) ? result[0] : result;
  return isMessage(first) ? String(first.message_id) : null;
}
