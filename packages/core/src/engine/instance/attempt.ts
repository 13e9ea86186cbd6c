import { waitFor } from "../error/abort.ts";
import type { ErrorCode } from "../error/error-codes.ts";
import { isOrquestaError } from "../error/orquesta-error.ts";
import { isMenu, toNumberedText } from "../message/numbered-menu.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import type { Capabilities } from "../provider/capabilities.ts";
import type { Sent, Session } from "../provider/session.ts";
import { mediaBytesOf, uploadTimeMs } from "../provider/upload-time.ts";
import { type SendResult, UNCONFIRMED } from "./send-result.ts";

export interface Sender {
  readonly session: Session;
  readonly capabilities: Pick<Capabilities, "resend" | "menus">;
  /** Fires when the session ends. */
  readonly signal: AbortSignal;
}

/** A session that minds its own time is done before. */
const GRACE_MS = 10_000;
const LAST_WORD_MS = 2_000;
/** It was not sent and never will be; of a medium that is gone there is nothing to try again with. */
const NOT_SENT: readonly ErrorCode[] = ["SEND_REJECTED", "SEND_RESTRICTED", "MEDIA_NOT_FOUND"];
/** With a message id of ours the peer drops repeats, so asking again is safe; not for ever, though. */
const MAX_ATTEMPTS = 5;

/** Hands a message to the platform. @throws what says that it is still owed */
export async function attempt(sender: Sender, entry: OutboxEntry): Promise<SendResult> {
  for (let number = entry.attempt + 1; ; number += 1) {
    try {
      const { messageId } = await sendOnce(sender, entry, number);
      return { status: "sent", messageId };
    } catch (error) {
      if (isOrquestaError(error) && NOT_SENT.includes(error.code)) {
        return { status: "failed", error: { code: error.code, message: error.message } };
      }
      if (isOrquestaError(error, "SESSION_CLOSED")) throw error;
      if (sender.capabilities.resend === "ambiguous") return UNCONFIRMED;
      if (sender.signal.aborted) throw error;
      if (number >= MAX_ATTEMPTS) return UNCONFIRMED;
    }
  }
}

async function sendOnce(
  { session, capabilities, signal }: Sender,
  entry: OutboxEntry,
  number: number,
): Promise<Sent> {
  const { id: outboxId, messageId, chatId } = entry;
  const numbered = capabilities.menus === "numbered" && isMenu(entry.content);
  const content = numbered ? toNumberedText(entry.content) : entry.content;
  const givingUp = new AbortController();
  const either = AbortSignal.any([signal, givingUp.signal]);
  const message = { outboxId, messageId, chatId, content, attempt: number };
  const sending = session.send(message, either);
  const timeoutMs = uploadTimeMs(mediaBytesOf(content)) + GRACE_MS;
  try {
    return await waitFor(sending, "sending a message", { signal, timeoutMs });
  } catch (error) {
    const isOver = isOrquestaError(error, "ABORTED") || isOrquestaError(error, "TIMED_OUT");
    if (!isOver) throw error;
    // It must not go on beside the next attempt; and it may know that nothing has left.
    givingUp.abort(error);
    return await waitFor(sending, "a session's last word", { timeoutMs: LAST_WORD_MS });
  }
}
