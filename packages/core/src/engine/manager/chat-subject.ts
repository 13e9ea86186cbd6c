import type { WaitOptions } from "../error/abort.ts";
import { parse } from "../error/parse.ts";
import type { OperationDesk } from "./operation-desk.ts";
import { messageIdsSchema, presenceSchema, untilSchema } from "./operation-input.ts";

/**
 * `manager.chats`: what can be done to a chat besides writing in it. All may be repeated. Each may throw
 * VALIDATION_FAILED, INSTANCE_NOT_FOUND, CAPABILITY_MISSING, INSTANCE_NOT_RUNNING, SESSION_CLOSED,
 * OPERATION_REFUSED, TIMED_OUT (after 30 s unless told otherwise) and ABORTED.
 */
export class ChatSubject {
  readonly #desk: OperationDesk;

  constructor(desk: OperationDesk) {
    this.#desk = desk;
  }

  /** Shows the others what the account is doing; the platform forgets it after some seconds. */
  setPresence(
    instanceId: string,
    chatId: string,
    presence: "typing" | "recording" | "paused",
    options: WaitOptions = {},
  ): Promise<void> {
    return this.#desk.run(
      instanceId,
      "chats.setPresence",
      options,
      ({ chats }, { provider, signal }) => {
        const shown = parse(presenceSchema, presence, "presence");
        return chats?.setPresence?.(provider.parseChatId(chatId), shown, signal);
      },
    );
  }

  /** Tells the senders of these messages that they were read. @param messageIds empty: all in the chat */
  markRead(
    instanceId: string,
    chatId: string,
    messageIds: readonly string[] = [],
    options: WaitOptions = {},
  ): Promise<void> {
    return this.#desk.run(
      instanceId,
      "chats.markRead",
      options,
      ({ chats }, { provider, signal }) => {
        const ids = parse(messageIdsSchema, messageIds, "message ids");
        return chats?.markRead?.(provider.parseChatId(chatId), ids, signal);
      },
    );
  }

  markUnread(instanceId: string, chatId: string, options: WaitOptions = {}): Promise<void> {
    return this.#desk.run(
      instanceId,
      "chats.markUnread",
      options,
      ({ chats }, { provider, signal }) =>
        chats?.markUnread?.(provider.parseChatId(chatId), signal),
    );
  }

  archive(
    instanceId: string,
    chatId: string,
    archived = true,
    options: WaitOptions = {},
  ): Promise<void> {
    return this.#desk.run(instanceId, "chats.archive", options, ({ chats }, { provider, signal }) =>
      chats?.archive?.(provider.parseChatId(chatId), archived, signal),
    );
  }

  /** @param until null ends it */
  mute(
    instanceId: string,
    chatId: string,
    until: Date | null,
    options: WaitOptions = {},
  ): Promise<void> {
    return this.#desk.run(instanceId, "chats.mute", options, ({ chats }, { provider, signal }) => {
      const end = parse(untilSchema, until, "until")?.getTime() ?? null;
      return chats?.mute?.(provider.parseChatId(chatId), end, signal);
    });
  }

  pin(instanceId: string, chatId: string, pinned = true, options: WaitOptions = {}): Promise<void> {
    return this.#desk.run(instanceId, "chats.pin", options, ({ chats }, { provider, signal }) =>
      chats?.pin?.(provider.parseChatId(chatId), pinned, signal),
    );
  }
}
