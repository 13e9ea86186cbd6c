import type { Database } from "../database/database.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import { LeaseKeeper } from "../lease/lease-keeper.ts";
import type { Logger } from "../log/logger.ts";
import type { ProviderRegistry } from "../provider/provider-registry.ts";
import { forgetElsewhere } from "./forget-elsewhere.ts";
import { type InstanceRecord, toView } from "./instance-record.ts";
import { FIRST_FENCE } from "./instance-store.ts";
import type { InstanceView } from "./instance-view.ts";
import { Supervisor } from "./supervisor.ts";
import type { SupervisorServices } from "./supervisor-services.ts";

export interface FleetOptions {
  readonly database: Database;
  readonly nodeId: string;
  readonly providers: ProviderRegistry;
  readonly services: Omit<SupervisorServices, "fenceLost">;
  readonly logger: Logger;
  /** Instances that this node runs from now on; resolves when their readers follow. */
  onOwned(instanceIds: readonly string[]): Promise<void>;
  /** What this node does not run any more; `why` is for those who wait for it. */
  onDisowned(instanceId: string, why: OrquestaError): void;
}

/** How often a node that shares its database looks for instances that nobody runs. */
const TAKEOVER_INTERVAL_MS = 5000;
const IDS_AT_A_TIME = 500;

/** The instances that this node runs. A start, a crash and a takeover are one operation: take what is unowned, go on with what is desired. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #leases: LeaseKeeper;
  readonly #supervisors = new Map<string, Supervisor>();
  #timer: NodeJS.Timeout | null = null;
  #taking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: FleetOptions) {
    const { database, nodeId, logger } = options;
    this.#options = options;
    this.#leases = new LeaseKeeper({
      database,
      nodeId,
      logger,
      onLost: (instanceId) => this.#lose(instanceId),
    });
  }

  /** Takes what is free and goes on with it. */
  async start(): Promise<void> {
    await this.#takeFree();
    if (this.#options.database.dialect.exclusive) return;
    this.#timer = setInterval(() => {
      this.#taking = this.#takeFree().catch((error: unknown) => {
        this.#options.logger.error("instances could not be taken over", { error });
      });
    }, TAKEOVER_INTERVAL_MS);
    this.#timer.unref();
  }

  find(instanceId: string): Supervisor | undefined {
    return this.#supervisors.get(instanceId);
  }

  /** @throws INSTANCE_NOT_FOUND, PROVIDER_UNKNOWN when nobody can run it here, FENCE_LOST when another node runs it */
  async get(instanceId: string): Promise<Supervisor> {
    const supervisor = this.#supervisors.get(instanceId);
    if (supervisor) return supervisor;
    const record = await this.#options.services.store.find(instanceId);
    if (record) {
      this.#options.providers.get(record.provider);
      throw new OrquestaError("FENCE_LOST", "another node runs this instance");
    }
    throw new OrquestaError("INSTANCE_NOT_FOUND", "there is no such instance");
  }

  /** Any instance as it is seen from here. @throws INSTANCE_NOT_FOUND */
  async view(instanceId: string): Promise<InstanceView> {
    const supervisor = this.#supervisors.get(instanceId);
    if (supervisor) return supervisor.view();
    const record = await this.#options.services.store.find(instanceId);
    if (record) return toView(record, null);
    throw new OrquestaError("INSTANCE_NOT_FOUND", "there is no such instance");
  }

  /** An instance that was just inserted with a lease of this node. */
  async add(record: InstanceRecord): Promise<Supervisor> {
    this.#leases.hold(record.id);
    const supervisor = this.#supervise(record, FIRST_FENCE);
    // It came while the others were ended: the next process goes on with it.
    if (this.#closed) await supervisor.release();
    await this.#options.onOwned([record.id]);
    return supervisor;
  }

  /** Ends an instance for good and erases it. */
  async remove(instanceId: string): Promise<void> {
    const supervisor = await this.get(instanceId);
    await supervisor.remove();
    await forgetElsewhere(supervisor.provider, instanceId, this.#options.logger);
    this.#forget(instanceId, new OrquestaError("INSTANCE_NOT_FOUND", "the instance was removed"));
    await this.#options.services.store.erase(instanceId);
  }

  /** Ends every session and frees the leases; what is desired stays. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#taking;
    await Promise.allSettled([...this.#supervisors.values()].map((one) => one.release()));
    this.#supervisors.clear();
    await this.#leases.close();
  }

  async #takeFree(): Promise<void> {
    const { store } = this.#options.services;
    const ids = (await store.allIds()).filter((id) => !this.#supervisors.has(id));
    for (let from = 0; from < ids.length; from += IDS_AT_A_TIME) {
      const fences = await this.#leases.acquire(ids.slice(from, from + IDS_AT_A_TIME));
      await this.#take(fences);
    }
  }

  async #take(fences: ReadonlyMap<string, number>): Promise<void> {
    const { services, onOwned } = this.#options;
    const taken: Supervisor[] = [];
    for (const record of await services.store.load([...fences.keys()])) {
      if (record.desired === "removed") {
        await this.#finishRemoval(record);
        continue;
      }
      const supervisor = this.#superviseIfKnown(record, fences.get(record.id) ?? 0);
      if (supervisor) taken.push(supervisor);
    }
    await onOwned(taken.map(({ record }) => record.id));
    await Promise.all(taken.map((supervisor) => supervisor.resume()));
  }

  /** The process that was to remove it ended before it had. */
  async #finishRemoval({ id, provider }: InstanceRecord): Promise<void> {
    const { providers, services, logger } = this.#options;
    if (providers.ids.includes(provider)) {
      await forgetElsewhere(providers.get(provider), id, logger);
    } else {
      logger.warn("nobody here erases what the provider keeps of a removed instance", {
        instanceId: id,
        provider,
      });
    }
    await services.store.erase(id);
  }

  /** A database may hold instances of a provider that this program does not have. */
  #superviseIfKnown(record: InstanceRecord, fence: number): Supervisor | null {
    try {
      return this.#supervise(record, fence);
    } catch (error) {
      this.#options.logger.error("instance has an unknown provider and is not run", {
        instanceId: record.id,
        error,
      });
      return null;
    }
  }

  #supervise(record: InstanceRecord, fence: number): Supervisor {
    const { providers } = this.#options;
    const services = {
      ...this.#options.services,
      fenceLost: (instanceId: string) => this.#lose(instanceId),
    };
    const supervisor = new Supervisor(services, providers.get(record.provider), record, fence);
    this.#supervisors.set(record.id, supervisor);
    return supervisor;
  }

  #lose(instanceId: string): void {
    const supervisor = this.#supervisors.get(instanceId);
    this.#leases.forget(instanceId);
    this.#forget(instanceId, new OrquestaError("FENCE_LOST", "another node runs this instance"));
    supervisor?.release().catch(() => {});
  }

  #forget(instanceId: string, why: OrquestaError): void {
    this.#supervisors.delete(instanceId);
    this.#options.onDisowned(instanceId, why);
  }
}
