import type { Logger } from "../log/logger.ts";
import { BotOperations } from "./bot-operations.ts";
import type { Engine } from "./engine.ts";
import { EventOperations } from "./event-operations.ts";
import { InstanceKeyOperations } from "./instance-key-operations.ts";
import { SessionOperations } from "./session-operations.ts";
import { StorageOperations } from "./storage-operations.ts";
import { WebhookOperations } from "./webhook-operations.ts";

/** What a manager can do besides running instances, by subject. */
export abstract class ManagerSubjects {
  /** The keys that open instances over HTTP. */
  readonly keys: InstanceKeyOperations;
  /** Sessions in the archive, and their way out of the engine and into it. */
  readonly sessions: SessionOperations;
  /** What `@orquesta/core/bot` stands on. */
  readonly bots: BotOperations;
  /** The journal in pages and as a stream. */
  readonly events: EventOperations;
  /** What is kept on disk: retention. */
  readonly storage: StorageOperations;
  /** Where events are posted, and what became of them. */
  readonly webhooks: WebhookOperations;

  constructor(engine: () => Promise<Engine>, logger: Logger) {
    this.keys = new InstanceKeyOperations(engine);
    this.sessions = new SessionOperations(engine);
    this.bots = new BotOperations(engine, logger);
    this.events = new EventOperations(engine);
    this.storage = new StorageOperations(engine);
    this.webhooks = new WebhookOperations(engine);
  }
}
