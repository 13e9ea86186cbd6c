import type { WaitOptions } from "../error/abort.ts";
import { isOrquestaError, OrquestaError } from "../error/orquesta-error.ts";
import type { EphemeralEvent } from "../event/instance-event.ts";
import type { InstanceStatus, StatusReason } from "../event/instance-status.ts";
import type { Owner } from "../journal/journal.ts";
import type { Logger } from "../log/logger.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import type { Provider } from "../provider/provider.ts";
import type { SessionChange } from "../provider/session-change.ts";
import type { SessionKeyStore } from "../session-keys/session-key-store.ts";
import { ChallengeHolder } from "./challenge-holder.ts";
import type { Committer } from "./committer.ts";
import { type InstanceRecord, toView } from "./instance-record.ts";
import type { InstanceStore } from "./instance-store.ts";
import type { InstanceView, PairingChallenge } from "./instance-view.ts";
import { LiveSession } from "./live-session.ts";
import type { SendResult } from "./outbox-pump.ts";
import { reconnectDelayMs, STABLE_AFTER_MS } from "./reconnect-policy.ts";
import type { StartQueue } from "./start-queue.ts";
import { mayFollow } from "./status-transitions.ts";
import { Watchers } from "./watchers.ts";

/** What supervisors share. */
export interface SupervisorServices {
  readonly store: InstanceStore;
  readonly committer: Committer;
  readonly sessionKeys: SessionKeyStore;
  readonly outbox: Outbox;
  readonly startQueue: StartQueue;
  settled(owner: Owner, entry: OutboxEntry, result: SendResult): Promise<void>;
  emit(instanceId: string, event: EphemeralEvent): void;
  /** Another owner runs this instance now: this node lets go of it. */
  fenceLost(instanceId: string): void;
  loggerOf(instanceId: string, source: string): Logger;
}

/** A start gives its place in the queue to the next one when it got somewhere, or after this. */
const START_PLACE_MS = 20_000;
/** Ended by itself: somebody must do something before it makes sense to open a session again. */
const ENDED: readonly InstanceStatus[] = ["failed", "logged_out", "stopped"];

/**
 * Makes what is desired of one instance true, and says how far it is. Orders are durable before they
 * are obeyed, obeyed one after the other, and safe to repeat.
 */
export class Supervisor {
  readonly #services: SupervisorServices;
  readonly #provider: Provider;
  readonly #owner: Owner;
  readonly #logger: Logger;
  readonly #watchers = new Watchers();
  readonly #challenge = new ChallengeHolder();
  #record: InstanceRecord;
  #live: LiveSession | null = null;
  #attempt = 0;
  #connectedAt = 0;
  #reconnect: NodeJS.Timeout | null = null;
  #orders: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(
    services: SupervisorServices,
    provider: Provider,
    record: InstanceRecord,
    fence: number,
  ) {
    this.#services = services;
    this.#provider = provider;
    this.#record = record;
    this.#owner = { instanceId: record.id, fence };
    this.#logger = services.loggerOf(record.id, "supervisor");
  }

  get record(): InstanceRecord {
    return this.#record;
  }

  get provider(): Provider {
    return this.#provider;
  }

  get owner(): Owner {
    return this.#owner;
  }

  get native(): unknown {
    return this.#live?.session?.native ?? null;
  }

  view(): InstanceView {
    return toView(this.#record, this.#live?.session?.lastSeenAt() ?? null);
  }

  /**
   * After a start of the node: goes on with what is desired, unless it had ended by itself. Resolves
   * when the status says so; never rejects.
   */
  async resume(): Promise<void> {
    const { desired, forgetKeys, status, reason } = this.#record;
    if (forgetKeys) await this.#orderUnheard(() => this.#forgetKeys());
    else if (desired === "running" && (!ENDED.includes(status) || reason === "crashed")) {
      await this.#orderUnheard(() => this.#open());
    } else if (desired === "stopped" && status !== "created" && !ENDED.includes(status)) {
      // The former process died before it could say so.
      await this.#orderUnheard(() => this.#become("stopped", "requested"));
    }
  }

  async start(): Promise<void> {
    await this.#desire("running");
    this.#attempt = 0;
    await this.#order(() => this.#open());
  }

  async stop(): Promise<void> {
    await this.#desire("stopped");
    this.#live?.abort();
    await this.#order(async () => {
      await this.#closeLive();
      if (this.#record.status !== "logged_out") await this.#become("stopped", "requested");
    });
  }

  async restart(): Promise<void> {
    await this.#desire("running");
    this.#attempt = 0;
    this.#live?.abort();
    await this.#order(async () => {
      await this.#closeLive();
      await this.#open();
    });
  }

  /** Unlinks the account where the platform can be told, and erases the session keys. */
  async logout(): Promise<void> {
    await this.#desire("stopped", { forgetKeys: true });
    await this.#order(async () => {
      await this.#closeLive({ logout: true });
      await this.#forgetKeys();
    });
  }

  /** Ends for good; the caller erases the rows. */
  async remove(): Promise<void> {
    await this.#desire("removed");
    await this.#order(() => this.#closeLive({ logout: this.#record.paired }));
    this.#ended = true;
  }

  /** Ends the session and leaves what is desired as it is: the node stops, or lost the instance. */
  async release(): Promise<void> {
    this.#ended = true;
    this.#live?.abort();
    await this.#order(() => this.#closeLive());
    this.#watchers.notify();
  }

  offer(entry: OutboxEntry): void {
    this.#live?.offer(entry);
  }

  /** @throws TIMED_OUT, ABORTED, INSTANCE_NOT_RUNNING when the instance ends up where it cannot come from */
  async waitUntil(goal: "pairing" | "connected", options: WaitOptions): Promise<void> {
    const reached = () => {
      const { status, reason } = this.#record;
      if (status === "connected" || (goal === "pairing" && status === "pairing")) return true;
      if (!ENDED.includes(status)) return false;
      const why = reason === null ? "" : `: ${reason}`;
      throw new OrquestaError("INSTANCE_NOT_RUNNING", `the instance is ${status}${why}`);
    };
    await this.#until(reached, `waiting until the instance is ${goal}`, options);
  }

  /** The challenge of the moment, or the first one to come. @throws CHALLENGE_UNAVAILABLE, TIMED_OUT, ABORTED */
  async challenge(options: WaitOptions): Promise<PairingChallenge> {
    const taken: PairingChallenge[] = [];
    const reached = () => {
      const challenge = this.#challenge.take(this.#record);
      if (challenge) taken.push(challenge);
      return challenge !== null;
    };
    await this.#until(reached, "waiting for a pairing challenge", options);
    const [challenge] = taken;
    if (challenge) return challenge;
    throw new OrquestaError("CHALLENGE_UNAVAILABLE", "there is no challenge");
  }

  #until(reached: () => boolean, what: string, options: WaitOptions): Promise<void> {
    const stillHere = () => {
      if (!this.#ended) return reached();
      throw new OrquestaError("MANAGER_CLOSED", "the instance is not run here any more");
    };
    return this.#watchers.until(stillHere, what, options);
  }

  async #desire(
    desired: InstanceRecord["desired"],
    options: { readonly forgetKeys?: boolean } = {},
  ): Promise<void> {
    const { generation, forgetKeys } = await this.#services.store.desire(
      this.#record.id,
      desired,
      options,
    );
    this.#record = { ...this.#record, desired, generation, forgetKeys };
  }

  /** One order after the other; one that fails does not stop the next. */
  #order(work: () => Promise<void>): Promise<void> {
    const done = this.#orders.then(work);
    this.#orders = done.catch((error: unknown) => {
      if (isOrquestaError(error, "FENCE_LOST")) this.#loseFence();
      else this.#logger.error("an order failed", { error });
    });
    return done;
  }

  /** What goes wrong is logged; nobody has to hear it. */
  #orderUnheard(work: () => Promise<void>): Promise<void> {
    return this.#order(work).catch(() => {});
  }

  async #open(): Promise<void> {
    if (this.#ended || this.#live || this.#record.desired !== "running") return;
    this.#cancelReconnect();
    const { status } = this.#record;
    if (status !== "reconnecting" && status !== "authenticating") await this.#become("starting");
    const live = this.#createLive();
    this.#live = live;
    this.#openInTurn(live).catch((error: unknown) => {
      this.#logger.error("session could not be started", { error });
    });
  }

  async #openInTurn(live: LiveSession): Promise<void> {
    const leave = await this.#services.startQueue.enter();
    try {
      if (this.#live !== live) return;
      live.open();
      const before = this.#record;
      await this.#until(() => this.#record !== before, "starting", { timeoutMs: START_PLACE_MS });
    } catch {
      // Slow to start: the others need not wait for it.
    } finally {
      leave();
    }
  }

  #createLive(): LiveSession {
    const { committer, sessionKeys, outbox, store, settled, emit, loggerOf } = this.#services;
    const { id } = this.#record;
    const live: LiveSession = new LiveSession({
      owner: this.#owner,
      provider: this.#provider,
      keys: sessionKeys.of(id),
      committer,
      outbox,
      logger: loggerOf(id, this.#provider.id),
      loadSettings: () => store.settings(id),
      settle: async (entry, result) => {
        try {
          await settled(this.#owner, entry, result);
        } catch (error) {
          if (isOrquestaError(error, "FENCE_LOST")) this.#loseFence();
          throw error;
        }
      },
      onEmit: (event) => {
        this.#challenge.hear(event);
        this.#watchers.notify();
        emit(id, event);
      },
      onReport: (change) => {
        if (this.#live !== live) return;
        void this.#orderUnheard(() => this.#obey(live, change));
      },
      onFenceLost: () => this.#loseFence(),
    });
    return live;
  }

  #loseFence(): void {
    if (!this.#ended) this.#services.fenceLost(this.#record.id);
  }

  async #closeLive(options: { readonly logout?: boolean } = {}): Promise<void> {
    this.#cancelReconnect();
    const live = this.#live;
    this.#live = null;
    this.#challenge.clear();
    await live?.close(options);
  }

  async #obey(live: LiveSession, change: SessionChange): Promise<void> {
    if (this.#live !== live || this.#ended) return;
    switch (change.state) {
      case "pairing":
        return this.#become("pairing");
      case "authenticating":
        return this.#become("authenticating");
      case "connected":
        this.#connectedAt = Date.now();
        return this.#become("connected", null, { paired: true, account: change.account });
      case "closed":
        await this.#closeLive();
        return this.#goOn(change);
    }
  }

  async #goOn({ afterwards, reason }: SessionChange & { readonly state: "closed" }): Promise<void> {
    if (this.#record.desired !== "running") return;
    switch (afterwards) {
      case "restart":
        return this.#open();
      case "reconnect":
        return this.#reconnectLater(reason);
      case "fail":
        return this.#become("failed", reason);
      case "stop":
        return this.#become("stopped", reason);
      case "log_out":
        return this.#forgetKeys();
    }
  }

  async #reconnectLater(reason: StatusReason): Promise<void> {
    const stable = this.#connectedAt > 0 && Date.now() - this.#connectedAt >= STABLE_AFTER_MS;
    this.#attempt = stable ? 1 : this.#attempt + 1;
    this.#connectedAt = 0;
    const delayMs = reconnectDelayMs(this.#attempt);
    this.#reconnect = setTimeout(() => {
      this.#reconnect = null;
      void this.#orderUnheard(() => this.#open());
    }, delayMs);
    this.#logger.info("reconnecting", { reason, attempt: this.#attempt, delayMs });
    await this.#become("reconnecting", reason);
  }

  #cancelReconnect(): void {
    if (this.#reconnect) clearTimeout(this.#reconnect);
    this.#reconnect = null;
  }

  async #forgetKeys(): Promise<void> {
    const { sessionKeys, store } = this.#services;
    const { id } = this.#record;
    await this.#become("logged_out", "logged_out", { paired: false }, async (tx) => {
      await sessionKeys.eraseAll(tx, id);
      await store.keysForgotten(tx, id);
    });
    this.#record = { ...this.#record, forgetKeys: false };
  }

  async #become(
    status: InstanceStatus,
    reason: StatusReason | null = null,
    changes: {
      readonly paired?: boolean;
      readonly account?: InstanceRecord["account"];
    } = {},
    also: Parameters<Committer["commit"]>[2] = undefined,
  ): Promise<void> {
    const previous = this.#record;
    if (!mayFollow(previous.status, status)) {
      this.#logger.error("status change refused", { status, reason: previous.status });
      return;
    }
    const { paired = previous.paired, account = previous.account } = changes;
    const { generation: observedGeneration } = previous;
    const updatedAt = Date.now();
    const next = { status, reason, paired, account, observedGeneration, updatedAt };
    if (status !== "pairing") this.#challenge.clear();
    const changed = status !== previous.status || reason !== previous.reason;
    if (changed) this.#logger.info("status changed", { status, reason });
    const data = { status, previous: previous.status, reason, account };
    try {
      await this.#services.committer.commit(
        this.#owner,
        { events: changed ? [{ name: "instance.status_changed", data }] : [] },
        async (tx) => {
          await this.#services.store.recordStatus(tx, { ...previous, ...next });
          await also?.(tx);
        },
      );
    } finally {
      // Seen only when it is stored; a database that refuses it does not make it less true.
      this.#record = { ...this.#record, ...next };
      this.#watchers.notify();
    }
  }
}
