import type { CallOperations, DurableEvent, SessionContext } from "@orquesta/core";
import type { BaileysSettings } from "../baileys-options.ts";
import { createMessageId } from "../message-id.ts";
import type { MessageSender } from "../outgoing/message-sender.ts";
import { accountOf } from "../own-account.ts";
import type { SessionParts } from "../session-parts.ts";
import type { LiveSettings } from "../settings/live-settings.ts";
import type { RingingCall } from "./incoming-calls.ts";

export interface CallRefusalsParts {
  readonly context: SessionContext<BaileysSettings>;
  readonly parts: SessionParts;
  readonly settings: LiveSettings;
  readonly calls: CallOperations;
  readonly sender: () => MessageSender | null;
  readonly ended: AbortSignal;
}

/**
 * Refuses calls by itself, and tells each caller why, once per call. That text is sent at once and not
 * owed: a caller who is told an hour later would wonder. The journal has it as a message of the account.
 */
export class CallRefusals {
  readonly #parts: CallRefusalsParts;

  constructor(parts: CallRefusalsParts) {
    this.#parts = parts;
  }

  refuse(call: RingingCall): void {
    const { context, ended } = this.#parts;
    this.#refuse(call).catch((error: unknown) => {
      if (!ended.aborted) context.logger.warn("a call could not be refused", { error });
    });
  }

  async #refuse({ callId, chatId }: RingingCall): Promise<void> {
    const { calls, settings, sender, ended } = this.#parts;
    await calls.reject(callId, ended);
    const text = settings.current.msgCall;
    const sending = sender();
    if (text === "" || sending === null) return;
    const messageId = createMessageId();
    const content = { type: "text", text } as const;
    await sending.send({ outboxId: callId, messageId, chatId, content, attempt: 1 }, ended);
    await this.#journal(messageId, chatId, text);
  }

  async #journal(id: string, chatId: string, text: string): Promise<void> {
    const { context, parts } = this.#parts;
    const { me } = parts.creds;
    if (me === undefined) return;
    const sender = accountOf(me);
    const event: DurableEvent<"message.sent"> = {
      name: "message.sent",
      data: {
        origin: "device",
        message: {
          id,
          chatId,
          chatType: "direct",
          sender,
          sentAt: new Date().toISOString(),
          content: { type: "text", text },
          quote: null,
        },
      },
      chatId,
      dedupeKey: `${chatId}|${sender.id}|${id}|text`,
    };
    await context.commit({ events: [event] });
  }
}
