import type { PollResults } from "../poll/poll-results.ts";
import type { Engine } from "./engine.ts";

/** `manager.polls`: how polls stand, ours and those that came in. */
export class PollSubject {
  readonly #engine: () => Promise<Engine>;

  constructor(engine: () => Promise<Engine>) {
    this.#engine = engine;
  }

  /**
   * Counted from the votes that the platform told us of, so it works while the instance is offline, too.
   * Kept for `retention.eventDays` since the last vote.
   * @param chatId @param messageId as `poll.voted` and `message.sent` name them, or as `send` gave it
   * @throws INSTANCE_NOT_FOUND, POLL_NOT_FOUND, VALIDATION_FAILED
   */
  async results(instanceId: string, chatId: string, messageId: string): Promise<PollResults> {
    const engine = await this.#engine();
    const { provider } = await engine.fleet.get(instanceId);
    const { polls, sentIds } = engine.sending;
    const id = (await sentIds.find(instanceId, messageId)) ?? messageId;
    return polls.results(instanceId, provider.parseChatId(chatId), id);
  }
}
