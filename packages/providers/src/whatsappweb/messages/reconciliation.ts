import { type Logger, waitFor } from "@orquesta/core";
import type { Chat, Client, Message } from "whatsapp-web.js";

/** What came that long before the newest journaled message is looked at again: clocks differ. */
const SLACK_MS = 10 * 60_000;
const MAX_CHATS = 200;
const PAGE = 100;
const MAX_PER_CHAT = 1_000;
const ANSWER_TIMEOUT_MS = 30_000;

export interface ReconciliationParts {
  readonly client: Client;
  readonly logger: Logger;
  readonly ended: AbortSignal;
  /** Unix ms of the newest message in the journal. */
  readonly since: number;
}

/**
 * Reads from the page what came while nobody listened: it keeps what it was sent, and tells the library
 * only of what comes afterwards. In the order in which it was written, and with some of what was read
 * before. Bounded: the chats that were written to last, and the end of each.
 */
export async function readMissed(parts: ReconciliationParts): Promise<readonly Message[]> {
  const { client, logger, since } = parts;
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
  return messages.sort((one, other) => one.timestamp - other.timestamp);
}

/**
 * What the page has loaded comes in its own order; what the library is asked to limit comes sorted by
 * seconds, in no order within them. So it is asked to load more first, and then for what is loaded.
 */
async function newerThan(
  from: number,
  chat: Chat,
  parts: ReconciliationParts,
): Promise<readonly Message[]> {
  const isNewer = ({ timestamp }: Message): boolean => timestamp * 1000 >= from;
  let loaded = await answer(parts, chat.fetchMessages({}));
  while (loaded.every(isNewer) && loaded.length < MAX_PER_CHAT) {
    const before = loaded.length;
    await answer(parts, chat.fetchMessages({ limit: before + PAGE }));
    loaded = await answer(parts, chat.fetchMessages({}));
    if (loaded.length <= before) break;
  }
  if (loaded.every(isNewer) && loaded.length >= MAX_PER_CHAT) {
    parts.logger.warn("more messages came to a chat than are reconciled", {
      messages: loaded.length,
    });
  }
  return loaded.filter(isNewer);
}

async function answer<T>({ ended }: ReconciliationParts, asking: Promise<T>): Promise<T> {
  const wait = { signal: ended, timeoutMs: ANSWER_TIMEOUT_MS };
  return await waitFor(asking, "reading what was missed", wait);
}
