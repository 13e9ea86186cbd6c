import { BotSessionStore } from "../bot/bot-session-store.ts";
import { Database } from "../database/database.ts";
import type { DatabaseDialect } from "../database/dialect.ts";
import type { WaitOptions } from "../error/abort.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { EventBus } from "../event/event-bus.ts";
import { Committer } from "../instance/committer.ts";
import { Fleet } from "../instance/fleet.ts";
import { InstanceKeys } from "../instance/instance-keys.ts";
import { InstanceLog } from "../instance/instance-log.ts";
import { InstanceStore } from "../instance/instance-store.ts";
import { SessionTransfer } from "../instance/session-transfer.ts";
import { Settlement } from "../instance/settlement.ts";
import { StartQueue } from "../instance/start-queue.ts";
import { Watchdog } from "../instance/watchdog.ts";
import type { WatchdogOptions } from "../instance/watchdog-options.ts";
import { Journal } from "../journal/journal.ts";
import { TaskHistory } from "../journal/task-history.ts";
import type { Worker } from "../journal/worker.ts";
import { WorkerRunner } from "../journal/worker-runner.ts";
import type { Logger } from "../log/logger.ts";
import { Media } from "../media/media.ts";
import type { MediaRules } from "../media/media-options.ts";
import type { TargetRules } from "../net/target-rules.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { OutboxWaiters } from "../outbox/outbox-waiters.ts";
import type { PacingOf } from "../pacing/pacing.ts";
import type { ProviderRegistry } from "../provider/provider-registry.ts";
import type { Retention } from "../retention/retention-options.ts";
import { Sweeper } from "../retention/sweeper.ts";
import type { Seal } from "../seal/seal.ts";
import { SessionArchiveStore } from "../session-keys/session-archive-store.ts";
import { SessionKeyStore } from "../session-keys/session-key-store.ts";
import { EventFeed } from "../stream/event-feed.ts";
import { EventStreams } from "../stream/event-streams.ts";
import { StoredEvents } from "../stream/stored-events.ts";
import { WebhookStore } from "../webhook/webhook-store.ts";
import { WEBHOOK_READER } from "../webhook/webhook-worker.ts";
import { Webhooks } from "../webhook/webhooks.ts";
import { endInOrder } from "./end-in-order.ts";
import { LongWork } from "./long-work.ts";
import { openRemoteBy } from "./open-remote-medium.ts";
import { createPrunings } from "./prunings.ts";
import { SendingRooms } from "./sending-rooms.ts";

export interface EngineOptions {
  readonly dialect: DatabaseDialect;
  /** Seals what is secret at rest. */
  readonly seal: Seal;
  readonly providers: ProviderRegistry;
  readonly rules: TargetRules;
  /** Of the URLs that media are read from. */
  readonly mediaTargets: TargetRules;
  readonly media: MediaRules;
  /** Deliveries a second to one webhook; 0 = no limit. */
  readonly maxPerSecond: number;
  readonly nodeId: string;
  readonly startConcurrency: number;
  readonly logLines: number;
  readonly watchdog: WatchdogOptions;
  readonly retention: Retention;
  /** Of instances that have none of their own. */
  readonly pacingOf: PacingOf;
  /** Where the SQLite file is; null when it is elsewhere, or there is none. */
  readonly dataDir: string | null;
  readonly sessionArchiveMs: number;
  readonly logger: Logger;
  readonly bus: EventBus;
}

/** The rooms, wired: what an open `InstanceManager` delegates to. */
export class Engine {
  readonly database: Database;
  readonly store: InstanceStore;
  readonly journal: Journal;
  readonly sending: SendingRooms;
  readonly outbox: Outbox;
  readonly webhookStore: WebhookStore;
  readonly webhooks: Webhooks;
  readonly instanceKeys: InstanceKeys;
  readonly log: InstanceLog;
  readonly botSessions: BotSessionStore;
  readonly fleet: Fleet;
  readonly sessions: SessionTransfer;
  readonly streams: EventStreams;
  readonly media: Media;
  readonly sweeper: Sweeper;
  readonly longWork = new LongWork();
  readonly dataDir: string | null;
  readonly providers: ProviderRegistry;
  readonly #options: EngineOptions;
  readonly #sessionKeys: SessionKeyStore;
  readonly #archives: SessionArchiveStore;
  readonly #runners: WorkerRunner[] = [];
  readonly #waiters = new OutboxWaiters();
  readonly #owned = new Set<string>();
  #closing: Promise<void> | null = null;

  private constructor(options: EngineOptions, database: Database) {
    const { seal, providers, rules, nodeId, logger, bus } = options;
    this.#options = options;
    this.database = database;
    this.dataDir = options.dataDir;
    this.providers = providers;
    this.media = new Media({
      database,
      seal,
      rules: options.media,
      targets: options.mediaTargets,
      work: this.longWork,
      openRemote: openRemoteBy((id) => this.fleet.get(id)),
    });
    this.store = new InstanceStore(database, seal);
    this.sending = new SendingRooms(database, options.pacingOf, (id) => this.fleet.find(id));
    this.outbox = this.sending.outbox;
    this.webhookStore = new WebhookStore(database, seal);
    this.instanceKeys = new InstanceKeys(database, seal, logger);
    this.botSessions = new BotSessionStore(database);
    this.log = new InstanceLog(database, logger, options.logLines);
    this.journal = new Journal(database);
    this.#sessionKeys = new SessionKeyStore(database, seal);
    this.#archives = new SessionArchiveStore(database, options.sessionArchiveMs);
    this.sessions = new SessionTransfer(this.#sessionKeys, this.#archives);
    const committer = new Committer({
      database,
      journal: this.journal,
      sessionKeys: this.#sessionKeys,
      media: this.media.records,
      consequences: this.sending,
    });
    const settlement = new Settlement(committer, this.outbox);
    this.fleet = new Fleet({
      database,
      nodeId,
      providers,
      logger,
      services: {
        store: this.store,
        committer,
        sessionKeys: this.#sessionKeys,
        archives: this.#archives,
        ...this.sending.services,
        media: this.media,
        startQueue: new StartQueue(options.startConcurrency),
        watchdog: new Watchdog(options.watchdog),
        settled: async (owner, entry, result, also) => {
          await settlement.settle(owner, entry, result, also);
          this.#waiters.settled(entry.id);
        },
        emit: (instanceId, event) => bus.emit(instanceId, event),
        loggerOf: (instanceId, source) => this.log.loggerOf(instanceId, source),
      },
      onOwned: (instanceIds) => this.#own(instanceIds),
      onDisowned: (instanceId, why) => this.#disown(instanceId, why),
    });
    this.webhooks = new Webhooks({
      store: this.webhookStore,
      journal: this.journal,
      history: new TaskHistory(database, WEBHOOK_READER),
      rules,
      maxPerSecond: options.maxPerSecond,
      media: this.media,
      providerOf: (instanceId) => this.fleet.find(instanceId)?.record.provider ?? "",
      loggerOf: (instanceId) => this.log.loggerOf(instanceId, "webhook"),
      createRunner: (worker) => this.#createRunner({ worker, from: "beginning" }),
    });
    this.sweeper = new Sweeper({
      database,
      nodeId,
      logger,
      prunings: createPrunings(options.retention, {
        database,
        sessionKeys: this.#sessionKeys,
        archives: this.#archives,
        media: this.media,
      }),
      beforeSweep: async () => {
        for (const runner of this.#runners) await runner.storePassed();
      },
    });
    this.journal.onAnnounced((events) => this.sending.committed(events));
    this.journal.onAnnounced((events) => {
      for (const event of events) bus.announce(event);
    });
    const events = new StoredEvents(database);
    this.streams = new EventStreams({
      events,
      feed: new EventFeed(this.journal, events, logger),
      bus,
      companyOf: (instanceId) => this.fleet.find(instanceId)?.record.companyId ?? null,
    });
  }

  /** @throws DATABASE_LOCKED, DATABASE_FAILED */
  static async open(options: EngineOptions, workers: readonly StartedWorker[]): Promise<Engine> {
    const engine = new Engine(options, await Database.open(options.dialect));
    try {
      await engine.#addRunner(engine.webhooks.runner);
      for (const worker of workers) await engine.addWorker(worker);
      await engine.fleet.start();
      engine.sweeper.start();
      return engine;
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  async addWorker(started: StartedWorker): Promise<void> {
    await this.#addRunner(this.#createRunner(started));
  }

  #createRunner({ worker, from }: StartedWorker): WorkerRunner {
    const { logger, bus } = this.#options;
    return new WorkerRunner({
      worker,
      journal: this.journal,
      database: this.database,
      logger,
      from,
      onParked: (instanceId, number) => {
        bus.emit(instanceId, { name: "consumer.parked", data: { consumer: worker.name, number } });
      },
      onOverrun: (instanceId, { first, last }) => {
        this.log
          .loggerOf(instanceId, "retention")
          .warn(`${worker.name} missed events ${first} to ${last}: they were too old to be kept`);
        const data = { consumer: worker.name, first, last };
        bus.emit(instanceId, { name: "consumer.overrun", data });
      },
    });
  }

  async #addRunner(runner: WorkerRunner): Promise<void> {
    await runner.register();
    if (this.#closing !== null) throw new OrquestaError("MANAGER_CLOSED", "the manager is closed");
    // First, so that an instance which comes meanwhile is not missed; owning twice does no harm.
    this.#runners.push(runner);
    await runner.own([...this.#owned]);
  }

  /** Waits for the next result of a message. @throws TIMED_OUT, ABORTED, INSTANCE_NOT_FOUND, FENCE_LOST, MANAGER_CLOSED */
  waitUntilSettled(instanceId: string, outboxId: string, options: WaitOptions): Promise<void> {
    const settled = this.#waiters.wait(instanceId, outboxId, options);
    if (!this.fleet.find(instanceId)) this.#endWaits(instanceId);
    return settled;
  }

  /**
   * Who only reads or erases first; then the sessions, so that nothing new comes in; then those who
   * react; the database last. Idempotent; never rejects: what cannot be stored now is done again by the
   * next process.
   */
  close(): Promise<void> {
    this.#closing ??= endInOrder(this.#options.logger, [
      () => Promise.all([this.longWork.close(), this.streams.close(), this.sweeper.close()]),
      () => this.fleet.close(),
      async () => {
        for (const instanceId of this.#owned) this.#endWaits(instanceId);
      },
      () => Promise.all(this.#runners.map((runner) => runner.close())),
      () => this.webhooks.close(),
      () => this.instanceKeys.flush(),
      () => this.log.flush(),
      () => this.media.close(),
      () => this.database.close(),
    ]);
    return this.#closing;
  }

  async #own(instanceIds: readonly string[]): Promise<void> {
    const fresh = instanceIds.filter((id) => !this.#owned.has(id));
    for (const id of fresh) this.#owned.add(id);
    // They may have had another owner, whose ids were ahead of ours.
    await this.journal.observeIds();
    await this.webhookStore.load(fresh);
    await this.sending.load(fresh);
    for (const runner of this.#runners) await runner.own(fresh);
  }

  #disown(instanceId: string, why: OrquestaError): void {
    this.#owned.delete(instanceId);
    for (const runner of this.#runners) runner.disown(instanceId);
    this.webhookStore.forget(instanceId);
    this.sending.forget(instanceId);
    this.#waiters.end(instanceId, why);
    this.log.forget(instanceId);
  }

  #endWaits(instanceId: string): void {
    const message = "the instance is not run here any more";
    this.#waiters.end(instanceId, new OrquestaError("MANAGER_CLOSED", message));
  }
}

export interface StartedWorker {
  readonly worker: Worker;
  readonly from: "end" | "beginning";
}
