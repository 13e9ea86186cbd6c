import { type KeyChange, type SessionKeys, waitFor } from "@orquesta/core";
import { readValue, type SessionValues, toKey } from "./session-values.ts";

/** Other updates wait as long. */
const SENDING_TIMEOUT_MS = 5_000;

type Poll = SessionValues["telegram-poll"];

/**
 * The polls that the bot sent: a vote names none but Telegram's own id of the poll. One may come before
 * we know that the poll was sent.
 */
export class OwnPolls {
  readonly #keys: SessionKeys;
  readonly #sending = new Set<Promise<unknown>>();

  constructor(keys: SessionKeys) {
    this.#keys = keys;
  }

  /** @param sending settles once the poll is known, or not sent */
  expect(sending: Promise<unknown>): void {
    const settled = sending.then(
      () => {},
      () => {},
    );
    this.#sending.add(settled);
    void settled.then(() => this.#sending.delete(settled));
  }

  toKey(pollId: string, poll: Poll): KeyChange {
    return toKey("telegram-poll", pollId, poll);
  }

  /** Null: it is none of ours, or too old. @throws SESSION_KEYS_UNREADABLE */
  async find(pollId: string): Promise<Poll | null> {
    const known = await readValue(this.#keys, "telegram-poll", pollId);
    if (known !== null || this.#sending.size === 0) return known;
    const sent = Promise.all(this.#sending);
    await waitFor(sent, "a poll", { timeoutMs: SENDING_TIMEOUT_MS }).catch(() => {});
    return await readValue(this.#keys, "telegram-poll", pollId);
  }
}
