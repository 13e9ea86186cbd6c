import { setTimeout as pause } from "node:timers/promises";
import type { InstanceManager } from "@orquesta/core";
import { type RunningSecret, secretOf } from "./running-secret.ts";

/** An account and its two webhooks. */
export interface KeptInstance {
  readonly account: string;
  readonly id: string;
  readonly plain: string;
  readonly signed: string;
}

export interface UpkeepOptions {
  readonly manager: InstanceManager;
  readonly instances: readonly KeptInstance[];
  /** Something is under way. */
  onUnderWay(): void;
  /** Resolves when whoever counts has it, also when this process is killed in the next moment. */
  tell(secret: RunningSecret): Promise<void>;
}

const REST_MS = 100;
/** How long a webhook stays switched off: what waits for it and what comes meanwhile. */
const OFF_MS = 100;
/** A replay begins among the first events, and tells so many of them. */
const REPLAY_WITHIN = 200;
const REPLAYED = 60;

/** What operators do beside the traffic: one thing after another, each to one account at random. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  #ending = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Rejects when something went wrong that must not. */
  get running(): Promise<void> {
    return this.#running;
  }

  /** Leaves nothing dead and nothing that retention would erase. */
  async finish(): Promise<void> {
    this.#ending = true;
    await this.#running;
    const { manager, instances } = this.#options;
    for (const { id, signed } of instances) await manager.webhooks.redeliverDead(id, signed);
    await manager.storage.sweep();
  }

  /** Tells everything again to the webhooks that were off now and then. */
  async replayAll(): Promise<void> {
    const { manager, instances } = this.#options;
    for (const { id, signed } of instances) await manager.webhooks.replay(id, signed, { from: 1 });
  }

  async #run(): Promise<void> {
    const { instances, manager } = this.#options;
    // The process before may have been killed while one was off.
    for (const { id, signed } of instances) {
      await manager.webhooks.update(id, signed, { enabled: true });
    }
    const works = [this.#replay, this.#switchOffAndOn, this.#rotate, this.#sweep];
    for (let turn = 0; !this.#ending; turn += 1) {
      const instance = instances[Math.floor(Math.random() * instances.length)];
      const work = works[turn % works.length];
      if (!instance || !work) return;
      const done = work.call(this, instance);
      const underWay = setTimeout(() => this.#options.onUnderWay(), Math.random() * 2 * OFF_MS);
      await done.finally(() => clearTimeout(underWay));
      await pause(REST_MS);
    }
  }

  async #replay({ id, plain, signed }: KeptInstance): Promise<void> {
    const { manager } = this.#options;
    const from = 1 + Math.floor(Math.random() * REPLAY_WITHIN);
    const range = { from, to: from + REPLAYED };
    for (const webhook of [plain, signed]) await manager.webhooks.replay(id, webhook, range);
  }

  async #switchOffAndOn({ id, signed }: KeptInstance): Promise<void> {
    const { webhooks } = this.#options.manager;
    await webhooks.update(id, signed, { enabled: false });
    await pause(OFF_MS);
    await webhooks.update(id, signed, { enabled: true });
    await webhooks.redeliverDead(id, signed);
  }

  async #rotate({ account, id, signed }: KeptInstance): Promise<void> {
    const { manager, tell } = this.#options;
    const number = Date.now();
    await tell({ account, number, stored: false });
    await manager.webhooks.rotateSecret(id, signed, { secret: secretOf(account, number) });
    await tell({ account, number, stored: true });
  }

  async #sweep(): Promise<void> {
    await this.#options.manager.storage.sweep();
  }
}
