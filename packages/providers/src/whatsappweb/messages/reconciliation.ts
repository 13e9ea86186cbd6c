import { type Logger, waitFor } from "@orquesta/core";
import type { Chat, Client, Message } from "whatsapp-web.js";

/** What came that long before the newest journaled message is looked at again: clocks differ. */
const SLACK_MS = 10 * 60_000;
const MAX_CHATS = 200;
const FIRST_PAGE = 50;
const MAX_PER_CHAT = 800;
const ANSWER_TIMEOUT_MS = 30_000;

export interface ReconciliationParts {
  readonly client: Client;
  readonly logger: Logger;
  readonly ended: AbortSignal;
  /** Unix ms of the newest message in the journal. */
  readonly since: number;
  /** Takes them in the order in which they were written; knows itself which it has. */
  take(message: Message): void;
}

/**
 * Reads from the page what came while nobody listened: it keeps what it was sent, and tells the library
 * only of what comes afterwards. Bounded: the chats that were written to last, and the end of each.
 */
export async function reconcile(parts: ReconciliationParts): Promise<void> {
  const { client, logger, since, take } = parts;
  const from = since - SLACK_MS;
  const chats = await answer(parts, client.getChats());
  const changed = chats
    .filter(({ timestamp }) => (timestamp ?? 0) * 1000 >= from)
    .sort((one, other) => other.timestamp - one.timestamp);
  if (changed.length > MAX_CHATS) {
    logger.warn("more chats were written to than are reconciled", { chats: changed.length });
  }
  const messages: Message[] = [];
  for (const chat of changed.slice(0, MAX_CHATS)) {
    messages.push(...(await newerThan(from, chat, parts)));
  }
  messages.sort((one, other) => one.timestamp - other.timestamp);
  for (const message of messages) take(message);
}

async function newerThan(
  from: number,
  chat: Chat,
  parts: ReconciliationParts,
): Promise<readonly Message[]> {
  for (let limit = FIRST_PAGE; ; limit *= 2) {
    const messages = await answer(parts, chat.fetchMessages({ limit }));
    const newer = messages.filter(({ timestamp }) => timestamp * 1000 >= from);
    if (newer.length < messages.length || messages.length < limit) return newer;
    if (limit < MAX_PER_CHAT) continue;
    parts.logger.warn("more messages came to a chat than are reconciled", { messages: limit });
    return newer;
  }
}

async function answer<T>({ ended }: ReconciliationParts, asking: Promise<T>): Promise<T> {
  const wait = { signal: ended, timeoutMs: ANSWER_TIMEOUT_MS };
  return await waitFor(asking, "reading what was missed", wait);
}
