import { type WaitOptions, waitFor } from "../error/abort.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import { parse } from "../error/parse.ts";
import type { EventBus } from "../event/event-bus.ts";
import type { EventName } from "../event/event-map.ts";
import type { InstanceEvent } from "../event/instance-event.ts";
import { pairingRequestSchema } from "../instance/code-pairing.ts";
import { toView as toInstanceView } from "../instance/instance-record.ts";
import type { InstanceView } from "../instance/instance-view.ts";
import { type LogPage, type LogQuery, logQuerySchema } from "../instance/log-query.ts";
import type { CodeChallenge, PairingChallenge } from "../instance/pairing-challenge.ts";
import type { Supervisor } from "../instance/supervisor.ts";
import { type ConsumeOptions, Consumer, type MessageHandler } from "../journal/consumer.ts";
import type { Logger } from "../log/logger.ts";
import type { OutgoingContent } from "../message/outgoing-content.ts";
import { toView as toOutboxView } from "../outbox/outbox-entry.ts";
import type { OutboxView } from "../outbox/outbox-view.ts";
import type { Provider } from "../provider/provider.ts";
import { type CreationRules, createInstance } from "./create-instance.ts";
import { Engine, type StartedWorker } from "./engine.ts";
import { ensureInstance } from "./ensure-instance.ts";
import type {
  CreateInput,
  InstanceManagerOptions,
  PairOptions,
  SendOptions,
  StartOptions,
} from "./instance-manager-options.ts";
import { ManagerSubjects } from "./manager-subjects.ts";
import { resolveOptions } from "./resolve-options.ts";
import { sendMessage } from "./send-message.ts";

/** Runs messaging accounts as supervised processes. The one object that a program needs. */
export class InstanceManager<
  const Providers extends readonly Provider[] = readonly Provider[],
> extends ManagerSubjects {
  readonly #creation: CreationRules;
  readonly #bus: EventBus;
  readonly #logger: Logger;
  readonly #consumers = new Map<string, StartedWorker>();
  readonly #opening: Promise<Engine>;
  #opened = false;
  #closing: Promise<void> | null = null;

  /** @throws CONFIGURATION_INVALID */
  constructor(options: InstanceManagerOptions<Providers>) {
    const { engine, creation } = resolveOptions(options);
    super(() => this.#engine(), engine.logger);
    this.#creation = creation;
    this.#logger = engine.logger;
    this.#bus = engine.bus;
    // In the next turn, so that what the program consumes is there before the first instance goes on.
    this.#opening = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#opened = true;
      return Engine.open(engine, [...this.#consumers.values()]);
    });
    // Whoever calls next gets the error; nobody has to.
    this.#opening.catch(() => {});
  }

  /** Resolves when the database is open and every instance is on its way. @throws DATABASE_LOCKED, DATABASE_FAILED */
  async ready(): Promise<void> {
    await this.#engine();
  }

  /**
   * Creates an instance; `start` runs it.
   * @throws VALIDATION_FAILED, PROVIDER_UNKNOWN, INSTANCE_NAME_TAKEN, INSTANCE_LIMIT_REACHED,
   *   WEBHOOK_TARGET_REFUSED: then nothing was created
   */
  async create(input: CreateInput<Providers>): Promise<InstanceView> {
    return createInstance(await this.#engine(), this.#creation, input);
  }

  /** The instance of that name in that company, created when there is none: a program may run twice. */
  async ensure(input: CreateInput<Providers> & { readonly name: string }): Promise<InstanceView> {
    return ensureInstance(await this.#engine(), input, {
      get: (id) => this.get(id),
      create: () => this.create(input),
    });
  }

  /** @throws INSTANCE_NOT_FOUND */
  async get(id: string): Promise<InstanceView> {
    return (await this.#engine()).fleet.view(id);
  }

  /** In the order of their creation. */
  async list(filter: { readonly companyId?: string } = {}): Promise<InstanceView[]> {
    const engine = await this.#engine();
    const records = await engine.store.list(filter.companyId);
    return records.map(
      (record) => engine.fleet.find(record.id)?.view() ?? toInstanceView(record, null),
    );
  }

  /**
   * Wants the instance running, now and after every restart of the process. A repeat changes nothing.
   * @throws INSTANCE_NOT_FOUND; while waiting TIMED_OUT, ABORTED, INSTANCE_NOT_RUNNING (it went on to
   *   stop or fail)
   */
  async start(id: string, options: StartOptions = {}): Promise<InstanceView> {
    const supervisor = await this.#supervisor(id);
    await supervisor.start();
    const { until = "requested", ...wait } = options;
    if (until !== "requested") await supervisor.waitUntil(until, wait);
    return supervisor.view();
  }

  /**
   * Wants it stopped; the session keys stay. Resolves when the session has ended.
   * @throws INSTANCE_NOT_FOUND; TIMED_OUT, ABORTED end the wait, not the order
   */
  async stop(id: string, options: WaitOptions = {}): Promise<InstanceView> {
    return this.#ordered(id, "stopping", options, (supervisor) => supervisor.stop());
  }

  /**
   * Ends the session, if there is one, and opens a new one.
   * @throws INSTANCE_NOT_FOUND; TIMED_OUT, ABORTED end the wait, not the order
   */
  async restart(id: string, options: WaitOptions = {}): Promise<InstanceView> {
    return this.#ordered(id, "restarting", options, (supervisor) => supervisor.restart());
  }

  /**
   * Unlinks the account and archives the session keys: the next start pairs anew.
   * @throws INSTANCE_NOT_FOUND; TIMED_OUT, ABORTED end the wait, not the order
   */
  async logout(id: string, options: WaitOptions = {}): Promise<InstanceView> {
    return this.#ordered(id, "logging out", options, (supervisor) => supervisor.logout());
  }

  /**
   * Unlinks the account and erases the instance with everything it has, for good.
   * @throws INSTANCE_NOT_FOUND; TIMED_OUT, ABORTED end the wait, not the order
   */
  async remove(id: string, options: WaitOptions = {}): Promise<void> {
    const engine = await this.#engine();
    const { name } = (await engine.fleet.get(id)).record;
    const removed = engine.fleet.remove(id).then(() => {
      this.#bus.emit(id, { name: "instance.removed", data: { name } });
      engine.streams.removed(id);
    });
    await waitFor(removed, "removing the instance", options);
  }

  /**
   * Takes a message over: durable when it resolves, sent in order per chat as soon as the instance is
   * connected, also after a crash. With `until: "sent"` it waits for the platform; when `timeoutMs` is
   * over first, it resolves all the same, and `status` tells how far the message is.
   * @throws VALIDATION_FAILED, CAPABILITY_MISSING, INSTANCE_NOT_FOUND, INSTANCE_NOT_RUNNING,
   *   IDEMPOTENCY_KEY_REUSED: then nothing will be sent. ABORTED while waiting: it will be.
   */
  async send(
    id: string,
    chatId: string,
    content: OutgoingContent,
    options: SendOptions = {},
  ): Promise<OutboxView> {
    return sendMessage(await this.#engine(), { instanceId: id, chatId, content }, options);
  }

  /** A message of ours by the id that `send` gave. @throws MESSAGE_NOT_FOUND */
  async message(id: string, outboxId: string): Promise<OutboxView> {
    const engine = await this.#engine();
    return toOutboxView(await engine.outbox.get(id, outboxId), false);
  }

  /**
   * What has to be done to link the account; waits for the first challenge while the session opens. A
   * pairing code comes before a QR code; a `passkey` cannot be answered here.
   * @throws INSTANCE_NOT_FOUND, CAPABILITY_MISSING where the platform pairs nothing,
   *   CHALLENGE_UNAVAILABLE with the reason, TIMED_OUT, ABORTED
   */
  async challenge(id: string, options: WaitOptions = {}): Promise<PairingChallenge> {
    return (await this.#supervisor(id)).challenge(options);
  }

  /**
   * A code that links the account when it is typed into that phone; waits while the session opens, and
   * starts nothing. A repeat for the same phone gives the same code while there is time to type it;
   * another phone or another `code` replaces it.
   * @throws VALIDATION_FAILED, CAPABILITY_MISSING, INSTANCE_NOT_FOUND, INSTANCE_NOT_RUNNING,
   *   CHALLENGE_UNAVAILABLE (paired already, or the platform refuses), TIMED_OUT, ABORTED
   */
  async pair(id: string, options: PairOptions): Promise<CodeChallenge> {
    const { timeoutMs, signal, ...request } = options;
    const parsed = parse(pairingRequestSchema, request, "pairing");
    return (await this.#supervisor(id)).codes.request(parsed, { timeoutMs, signal });
  }

  /** The last lines of an instance's log that match, oldest first. @throws INSTANCE_NOT_FOUND, VALIDATION_FAILED */
  async logs(id: string, query: LogQuery = {}): Promise<LogPage> {
    const wanted = parse(logQuerySchema, query, "log query");
    await this.get(id);
    return (await this.#engine()).log.read(id, wanted);
  }

  /** @throws DATABASE_FAILED */
  async checkHealth(): Promise<void> {
    await (await this.#engine()).database.check();
  }

  /** The library's own client of a connected instance, for what Orquesta does not offer; null while there is none. */
  async native(id: string): Promise<unknown> {
    return (await this.#supervisor(id)).native;
  }

  /**
   * Hears events in memory, at most once: for logs and screens. Work belongs into `consume`.
   * @returns the function that ends it
   */
  on<Name extends EventName>(
    name: Name,
    listener: (event: InstanceEvent<Name>) => unknown,
  ): () => void {
    return this.#bus.on(name, listener);
  }

  /**
   * Handles every received message at least once, in order per chat, with a cursor that outlives the
   * process under this name.
   * @throws CONSUMER_NAME_TAKEN, VALIDATION_FAILED
   */
  consume(name: string, handler: MessageHandler, options: ConsumeOptions = {}): void {
    if (this.#consumers.has(name)) {
      throw new OrquestaError("CONSUMER_NAME_TAKEN", `there is a consumer "${name}" already`);
    }
    const worker = new Consumer(name, handler, options);
    const started = { worker, from: worker.from };
    this.#consumers.set(name, started);
    if (!this.#opened) return;
    this.#opening
      .then((engine) => engine.addWorker(started))
      .catch((error: unknown) => {
        this.#logger.error("a consumer could not be started", { consumer: name, error });
      });
  }

  /** Ends every session, timer and file; what is desired stays and goes on with the next process. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @throws MANAGER_CLOSED, and what opening threw */
  #engine(): Promise<Engine> {
    if (!this.#closing) return this.#opening;
    return Promise.reject(new OrquestaError("MANAGER_CLOSED", "the manager is closed"));
  }

  async #close(): Promise<void> {
    const engine = await this.#opening.catch(() => null);
    await engine?.close();
    this.#bus.removeAll();
  }

  async #supervisor(id: string): Promise<Supervisor> {
    return (await this.#engine()).fleet.get(id);
  }

  async #ordered(
    id: string,
    what: string,
    options: WaitOptions,
    order: (supervisor: Supervisor) => Promise<void>,
  ): Promise<InstanceView> {
    const supervisor = await this.#supervisor(id);
    await waitFor(order(supervisor), what, options);
    return supervisor.view();
  }
}
