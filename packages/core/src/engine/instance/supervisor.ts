import type { WaitOptions } from "../error/abort.ts";
import { ERROR_CODES } from "../error/error-codes.ts";
import { isOrquestaError, OrquestaError } from "../error/orquesta-error.ts";
import type { EphemeralEvent } from "../event/instance-event.ts";
import type { StatusReason } from "../event/instance-status.ts";
import type { Owner } from "../journal/journal.ts";
import type { Logger } from "../log/logger.ts";
import type { Provider } from "../provider/provider.ts";
import type { Session } from "../provider/session.ts";
import type { SessionChange } from "../provider/session-change.ts";
import { CodePairing } from "./code-pairing.ts";
import { connectedSession } from "./connected-session.ts";
import { createLiveSession } from "./create-live-session.ts";
import { forgetElsewhere } from "./forget-elsewhere.ts";
import { type InstanceRecord, toView } from "./instance-record.ts";
import { InstanceSending } from "./instance-sending.ts";
import { ENDED, InstanceState } from "./instance-state.ts";
import type { InstanceView } from "./instance-view.ts";
import type { LiveSession } from "./live-session.ts";
import { OrderQueue } from "./order-queue.ts";
import type { PairingChallenge } from "./pairing-challenge.ts";
import { Reconnection } from "./reconnection.ts";
import type { SupervisorServices } from "./supervisor-services.ts";

/** A start gives its place in the queue to the next one when it got somewhere, or after this. */
const START_PLACE_MS = 20_000;

/**
 * Makes what is desired of one instance true, and says how far it is. Orders are durable before they
 * are obeyed, obeyed one after the other, and safe to repeat.
 */
export class Supervisor {
  readonly #services: SupervisorServices;
  readonly #provider: Provider;
  readonly #owner: Owner;
  readonly #logger: Logger;
  readonly #state: InstanceState;
  readonly #reconnection = new Reconnection();
  /** Pairing codes, for those who cannot scan. */
  readonly codes: CodePairing;
  readonly sending: InstanceSending;
  #live: LiveSession | null = null;
  readonly #orders = new OrderQueue((error) => this.#onOrderFailed(error));

  constructor(
    services: SupervisorServices,
    provider: Provider,
    record: InstanceRecord,
    fence: number,
  ) {
    this.#services = services;
    this.#provider = provider;
    this.#owner = { instanceId: record.id, fence };
    this.#logger = services.loggerOf(record.id, "supervisor");
    this.#state = new InstanceState(services, this.#owner, record, this.#logger);
    this.sending = new InstanceSending(services, provider, record);
    this.codes = new CodePairing({
      provider,
      state: this.#state,
      live: () => this.#live,
      announce: (event) => this.#announce(event),
    });
  }

  get record(): InstanceRecord {
    return this.#state.record;
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

  /** @throws INSTANCE_NOT_RUNNING, SESSION_CLOSED while it is on its way */
  connectedSession(): Session {
    return connectedSession(this.record, this.#live);
  }

  view(): InstanceView {
    const record = { ...this.record, restriction: this.sending.restriction };
    return toView(record, this.#live?.session ? this.#live.evidence() : null);
  }

  /**
   * After a start of the node: goes on with what is desired, unless it had ended by itself. Resolves
   * when the status says so; never rejects.
   */
  async resume(): Promise<void> {
    const { desired, forgetKeys, status, reason } = this.record;
    if (forgetKeys) await this.#orders.runUnheard(() => this.#unlink());
    else if (desired === "running" && (!ENDED.includes(status) || reason === "crashed")) {
      await this.#orders.runUnheard(() => this.#open());
    } else if (desired === "stopped" && status !== "created" && !ENDED.includes(status)) {
      // The former process died before it could say so.
      await this.#orders.runUnheard(() => this.#state.become("stopped", "requested"));
    }
  }

  async start(): Promise<void> {
    await this.#state.desire("running");
    this.#reconnection.reset();
    await this.#orders.run(() => this.#open());
  }

  async stop(): Promise<void> {
    await this.#state.desire("stopped");
    this.#live?.abort();
    await this.#orders.run(async () => {
      await this.#closeLive();
      if (this.record.status !== "logged_out") await this.#state.become("stopped", "requested");
    });
  }

  async restart(): Promise<void> {
    await this.#state.desire("running");
    this.#reconnection.reset();
    this.#live?.abort();
    await this.#orders.run(async () => {
      await this.#closeLive();
      await this.#open();
    });
  }

  /** Unlinks the account where the platform can be told, and erases the session keys. */
  async logout(): Promise<void> {
    await this.#state.desire("stopped", { forgetKeys: true });
    await this.#orders.run(() => this.#unlink());
  }

  /**
   * Does something with the session keys that no session may disturb.
   * @throws INSTANCE_RUNNING when a session is open or about to be, what `work` throws
   */
  whileEnded<T>(work: (state: InstanceState) => Promise<T>): Promise<T> {
    return this.#orders.run(async () => {
      const { status } = this.record;
      if (!this.#live && (status === "created" || ENDED.includes(status))) return work(this.#state);
      throw new OrquestaError("INSTANCE_RUNNING", `the instance is ${status}: stop it first`);
    });
  }

  /** Ends for good; the caller erases the rows. */
  async remove(): Promise<void> {
    await this.#state.desire("removed");
    await this.#orders.run(() => this.#closeLive({ logout: this.record.paired }));
    this.#state.release();
  }

  /** Ends the session and leaves what is desired as it is: the node stops, or lost the instance. */
  async release(): Promise<void> {
    this.#state.release();
    this.#live?.abort();
    await this.#orders.run(() => this.#closeLive());
  }

  /**
   * Changes the settings. A live session takes them over, or is replaced by one that has them.
   * @param change gives the new settings, as the provider parsed them; may be asked twice
   * @throws INSTANCE_NOT_FOUND, FENCE_LOST, what `change` throws
   */
  async configure(change: (current: unknown) => unknown): Promise<void> {
    const { id } = this.record;
    await this.#orders.run(async () => {
      await this.#services.store.changeSettings(id, this.#owner.fence, change);
      if (!this.#live) return;
      const applied = await this.#live.applySettings(await this.#services.store.settings(id));
      if (applied) return;
      await this.#closeLive();
      await this.#open();
    });
  }

  /** @throws TIMED_OUT, ABORTED, INSTANCE_NOT_RUNNING when the instance ends up where it cannot come from */
  waitUntil(goal: "pairing" | "connected", options: WaitOptions): Promise<void> {
    return this.#state.waitUntil(goal, options);
  }

  /** The challenge of the moment, or the first one to come. @throws as `InstanceManager.challenge` */
  async challenge(options: WaitOptions): Promise<PairingChallenge> {
    const { id, capabilities } = this.#provider;
    if (capabilities.pairing.length > 0) return await this.#state.challenge(options);
    const why = `${id} has no QR code and no pairing code: nothing has to be paired`;
    throw new OrquestaError("CAPABILITY_MISSING", why);
  }

  #onOrderFailed(error: unknown): void {
    if (isOrquestaError(error, "FENCE_LOST")) this.#loseFence();
    else if (!isOrquestaError(error) || ERROR_CODES[error.code].status >= 500)
      this.#logger.error("an order failed", { error });
  }

  async #open(): Promise<void> {
    if (this.#state.released || this.#live || this.record.desired !== "running") return;
    this.#reconnection.cancel();
    const { status } = this.record;
    if (status !== "reconnecting" && status !== "authenticating")
      await this.#state.observe("starting");
    const live = this.#createLive();
    this.#live = live;
    const opening = this.#services.startQueue.run(async () => {
      if (this.#live !== live) return;
      live.open();
      await this.#state.waitForChange({ timeoutMs: START_PLACE_MS });
    });
    // Slow to start: the others need not wait for it.
    opening.catch(() => {});
  }

  #createLive(): LiveSession {
    const live: LiveSession = createLiveSession({
      services: this.#services,
      owner: this.#owner,
      provider: this.#provider,
      sending: this.sending,
      onEmit: (event) => this.#announce(event),
      onReport: (change) => {
        if (this.#live !== live) return;
        void this.#orders.runUnheard(() => this.#obey(live, change));
      },
      onFenceLost: () => this.#loseFence(),
    });
    return live;
  }

  #announce(event: EphemeralEvent): void {
    this.#state.hear(event);
    this.#services.emit(this.record.id, event);
  }

  #loseFence(): void {
    if (!this.#state.released) this.#services.fenceLost(this.record.id);
  }

  async #closeLive(options: { readonly logout?: boolean } = {}): Promise<void> {
    this.#reconnection.cancel();
    const live = this.#live;
    this.#live = null;
    this.#state.clearChallenge();
    await live?.close(options);
    if (options.logout) await forgetElsewhere(this.#provider, this.record.id, this.#logger);
  }

  async #unlink(): Promise<void> {
    await this.#closeLive({ logout: true });
    await this.#state.forgetKeys();
  }

  async #obey(live: LiveSession, change: SessionChange): Promise<void> {
    if (this.#live !== live || this.#state.released) return;
    switch (change.state) {
      case "pairing":
        return this.#state.become("pairing");
      case "authenticating":
        return this.#state.become("authenticating");
      case "connected":
        this.#reconnection.connected();
        return this.#state.become("connected", null, { paired: true, account: change.account });
      case "closed":
        // Not connected any more, however long the dead session takes to close.
        if (change.afterwards === "reconnect" && this.record.desired === "running")
          await this.#state.observe("reconnecting", change.reason);
        await this.#closeLive();
        return this.#goOn(change);
    }
  }

  async #goOn(closed: SessionChange & { readonly state: "closed" }): Promise<void> {
    const { afterwards, reason, retryAfterMs } = closed;
    if (this.record.desired !== "running") return;
    switch (afterwards) {
      case "restart":
        return this.#open();
      case "reconnect":
        return this.#reconnectLater(reason, retryAfterMs);
      case "fail":
        return this.#state.become("failed", reason);
      case "stop":
        return this.#state.become("stopped", reason);
      case "log_out":
        return this.#state.forgetKeys();
    }
  }

  async #reconnectLater(reason: StatusReason, retryAfterMs?: number): Promise<void> {
    const wait = this.#reconnection.schedule(() => {
      void this.#orders.runUnheard(() => this.#open());
    }, retryAfterMs);
    this.#logger.info("reconnecting", { reason, ...wait });
    await this.#state.observe("reconnecting", reason);
  }
}
