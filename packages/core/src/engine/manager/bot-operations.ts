import type { BotPlace, BotSupport, StoredSession } from "../bot/bot-host.ts";
import type { Logger } from "../log/logger.ts";
import { toView } from "../outbox/outbox-entry.ts";
import type { OutboxView } from "../outbox/outbox-view.ts";
import type { Engine } from "./engine.ts";

/** `manager.bots`: what `@orquesta/core/bot` stands on. */
export class BotOperations implements BotSupport {
  readonly logger: Logger;
  readonly #engine: () => Promise<Engine>;

  constructor(engine: () => Promise<Engine>, logger: Logger) {
    this.#engine = engine;
    this.logger = logger;
  }

  async session(place: BotPlace): Promise<StoredSession | null> {
    return (await this.#engine()).botSessions.load(place);
  }

  async saveSession(
    place: BotPlace,
    session: StoredSession,
    previous: string | null,
  ): Promise<void> {
    await (await this.#engine()).botSessions.save(place, session, previous);
  }

  async sentUnder(instanceId: string, idempotencyKey: string): Promise<OutboxView> {
    const { outbox } = await this.#engine();
    return toView(await outbox.getByKey(instanceId, idempotencyKey), true);
  }
}
