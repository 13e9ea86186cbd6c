import { OrquestaError } from "../error/orquesta-error.ts";
import type { InstanceView } from "../instance/instance-view.ts";
import type { Logger } from "../log/logger.ts";
import type { Capabilities } from "../provider/capabilities.ts";
import type { Push } from "../provider/push.ts";
import { BotOperations } from "./bot-operations.ts";
import { CallSubject } from "./call-subject.ts";
import { ChatSubject } from "./chat-subject.ts";
import { configureInstance, type InstanceChanges } from "./configure-instance.ts";
import { ContactSubject } from "./contact-subject.ts";
import type { Engine } from "./engine.ts";
import { EventOperations } from "./event-operations.ts";
import { GroupSubject } from "./group-subject.ts";
import { InstanceKeyOperations } from "./instance-key-operations.ts";
import { MediaSubject } from "./media-subject.ts";
import { OperationDesk } from "./operation-desk.ts";
import { PacingSubject } from "./pacing-subject.ts";
import { PollSubject } from "./poll-subject.ts";
import { ProfileSubject } from "./profile-subject.ts";
import { SessionOperations } from "./session-operations.ts";
import { StorageOperations } from "./storage-operations.ts";
import { WebhookOperations } from "./webhook-operations.ts";

/** What a manager can do besides running instances and sending, most of it by subject. */
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

  /** Typing, read, archived, muted, pinned. */
  readonly chats: ChatSubject;
  readonly groups: GroupSubject;
  readonly contacts: ContactSubject;
  /** How the account shows itself. */
  readonly profile: ProfileSubject;
  readonly calls: CallSubject;
  /** What instances received besides text. */
  readonly media: MediaSubject;
  /** How fast instances send. */
  readonly pacing: PacingSubject;
  /** How polls stand. */
  readonly polls: PollSubject;

  readonly #engine: () => Promise<Engine>;

  constructor(engine: () => Promise<Engine>, logger: Logger) {
    this.#engine = engine;
    this.keys = new InstanceKeyOperations(engine);
    this.sessions = new SessionOperations(engine);
    this.bots = new BotOperations(engine, logger);
    this.events = new EventOperations(engine);
    this.storage = new StorageOperations(engine);
    this.webhooks = new WebhookOperations(engine);
    this.media = new MediaSubject(engine);
    const desk = new OperationDesk(engine);
    this.chats = new ChatSubject(desk);
    this.groups = new GroupSubject(desk);
    this.contacts = new ContactSubject(desk);
    this.profile = new ProfileSubject(desk);
    this.calls = new CallSubject(desk);
    this.pacing = new PacingSubject(engine);
    this.polls = new PollSubject(engine);
  }

  /** What the instance's platform can do: asked before, not tried out. @throws INSTANCE_NOT_FOUND, PROVIDER_UNKNOWN */
  async capabilities(id: string): Promise<Capabilities> {
    const { fleet, providers } = await this.#engine();
    return providers.get((await fleet.view(id)).provider).capabilities;
  }

  /**
   * Changes an instance, also while it is connected: its session takes the settings over, or is replaced
   * by one that has them. A repeat changes nothing.
   * @throws INSTANCE_NOT_FOUND, VALIDATION_FAILED, PLATFORM_UNREACHABLE, PROXY_FAILED: then nothing was
   *   changed
   */
  async configure(id: string, changes: InstanceChanges): Promise<InstanceView> {
    return configureInstance(await this.#engine(), id, changes);
  }

  /**
   * The settings as they hold, secrets included: for the program that made the instance, never for others.
   * @throws INSTANCE_NOT_FOUND
   */
  async settings(id: string): Promise<unknown> {
    return (await this.#engine()).store.settings(id);
  }

  /**
   * Hands an update over that the platform posted to us; resolves when it is durable, and only then may
   * the platform be told "received".
   * @throws INSTANCE_NOT_FOUND, CAPABILITY_MISSING, PUSH_REFUSED, INSTANCE_NOT_RUNNING, SESSION_CLOSED
   */
  async push(id: string, push: Push): Promise<void> {
    const supervisor = await (await this.#engine()).fleet.get(id);
    const { provider } = supervisor;
    if (!provider.capabilities.push) {
      throw new OrquestaError("CAPABILITY_MISSING", `nothing can be posted to ${provider.id}`);
    }
    await supervisor.connectedSession().takePush?.(push);
  }
}
