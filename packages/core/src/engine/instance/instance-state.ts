import type { WaitOptions } from "../error/abort.ts";
import { isOrquestaError, OrquestaError } from "../error/orquesta-error.ts";
import type { EphemeralEvent } from "../event/instance-event.ts";
import type { InstanceStatus, StatusReason } from "../event/instance-status.ts";
import { explain } from "../event/status-explanation.ts";
import type { Owner } from "../journal/journal.ts";
import type { Logger } from "../log/logger.ts";
import type { SessionArchiveStore } from "../session-keys/session-archive-store.ts";
import type { SessionKeyStore } from "../session-keys/session-key-store.ts";
import { ChallengeHolder, describeStatus } from "./challenge-holder.ts";
import type { Committer } from "./committer.ts";
import type { InstanceRecord } from "./instance-record.ts";
import type { InstanceStore } from "./instance-store.ts";
import type { PairingChallenge } from "./pairing-challenge.ts";
import { mayFollow } from "./status-transitions.ts";
import { Watchers } from "./watchers.ts";

export interface InstanceStateServices {
  readonly store: InstanceStore;
  readonly committer: Committer;
  readonly sessionKeys: SessionKeyStore;
  readonly archives: SessionArchiveStore;
}

/** Ended by itself: somebody must do something before it makes sense to open a session again. */
export const ENDED: readonly InstanceStatus[] = ["failed", "logged_out", "stopped"];

interface Becoming {
  readonly paired?: boolean;
  readonly account?: InstanceRecord["account"];
}

/** What is desired of an instance and how far it is: durable, journaled, and waited for. */
export class InstanceState {
  readonly #services: InstanceStateServices;
  readonly #owner: Owner;
  readonly #logger: Logger;
  readonly #watchers = new Watchers();
  readonly #challenge = new ChallengeHolder();
  #record: InstanceRecord;
  #released = false;

  constructor(
    services: InstanceStateServices,
    owner: Owner,
    record: InstanceRecord,
    logger: Logger,
  ) {
    this.#services = services;
    this.#owner = owner;
    this.#record = record;
    this.#logger = logger;
  }

  get record(): InstanceRecord {
    return this.#record;
  }

  get released(): boolean {
    return this.#released;
  }

  /** This node does not run the instance any more: whoever waits hears it. */
  release(): void {
    this.#released = true;
    this.#watchers.notify();
  }

  /** Durable when it resolves. @throws INSTANCE_NOT_FOUND */
  async desire(
    desired: InstanceRecord["desired"],
    options: { readonly forgetKeys?: boolean } = {},
  ): Promise<void> {
    const { id } = this.#record;
    const stored = await this.#services.store.desire(id, desired, options);
    const { generation, forgetKeys } = stored;
    this.#record = { ...this.#record, desired, generation, forgetKeys };
  }

  /**
   * Moves on to a status and journals it, if the table of transitions allows that.
   * @param also more writing for the same transaction
   * @throws FENCE_LOST, DATABASE_FAILED
   */
  async become(
    status: InstanceStatus,
    reason: StatusReason | null = null,
    changes: Becoming = {},
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
    if (changed) {
      const explanation = explain(reason);
      const message = explanation === null ? "status changed" : `status changed: ${explanation}`;
      this.#logger.info(message, { status, reason });
    }
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

  /**
   * The same for what must go on in any case: a session that was lost is opened again, also while the
   * database takes nothing.
   * @throws FENCE_LOST
   */
  async observe(status: InstanceStatus, reason: StatusReason | null = null): Promise<void> {
    try {
      await this.become(status, reason);
    } catch (error) {
      if (!isOrquestaError(error, "DATABASE_FAILED")) throw error;
      this.#logger.error("a change of status could not be stored", { status, reason, error });
    }
  }

  /** Logged out: the session keys go into the archive with the change of status. */
  async forgetKeys(): Promise<void> {
    const { sessionKeys, archives, store } = this.#services;
    const { id, paired, account } = this.#record;
    // What a pairing that was not finished has left is worth nothing.
    const archive = paired ? archives.plan(id, account) : null;
    try {
      await this.become("logged_out", "logged_out", { paired: false }, async (tx) => {
        if (archive) await archives.move(tx, archive);
        await sessionKeys.eraseAll(tx, id);
        await store.keysForgotten(tx, id);
      });
    } catch (error) {
      // The keys are still there: the next attempt must not take them for worthless.
      this.#record = { ...this.#record, paired };
      throw error;
    }
    this.#record = { ...this.#record, forgetKeys: false };
  }

  /**
   * Takes a session over that was paired elsewhere or before: it is stopped until somebody starts it.
   * @param also stores its keys, in the same transaction
   */
  async adopt(
    account: InstanceRecord["account"],
    also: Parameters<Committer["commit"]>[2],
  ): Promise<void> {
    if (this.#record.desired === "running") await this.desire("stopped");
    await this.become("stopped", "requested", { paired: true, account }, also);
  }

  /** Keeps the challenge of the moment. */
  hear(event: EphemeralEvent): void {
    this.#challenge.hear(event);
    this.#watchers.notify();
  }

  clearChallenge(): void {
    this.#challenge.clear();
  }

  /** @throws TIMED_OUT, ABORTED, INSTANCE_NOT_RUNNING when the instance ends up where it cannot come from */
  async waitUntil(goal: "pairing" | "connected", options: WaitOptions): Promise<void> {
    const reached = () => {
      const { status } = this.#record;
      if (status === "connected" || (goal === "pairing" && status === "pairing")) return true;
      if (!ENDED.includes(status)) return false;
      throw new OrquestaError("INSTANCE_NOT_RUNNING", describeStatus(this.#record));
    };
    await this.until(reached, `waiting until the instance is ${goal}`, options);
  }

  /** Waits for the next change of the record. @throws TIMED_OUT, MANAGER_CLOSED */
  async waitForChange(options: WaitOptions): Promise<void> {
    const before = this.#record;
    await this.until(() => this.#record !== before, "waiting for a change", options);
  }

  /** The challenge of the moment, or the first one to come. @throws CHALLENGE_UNAVAILABLE, TIMED_OUT, ABORTED */
  async challenge(options: WaitOptions): Promise<PairingChallenge> {
    const taken: PairingChallenge[] = [];
    const reached = () => {
      const challenge = this.#challenge.take(this.#record);
      if (challenge) taken.push(challenge);
      return challenge !== null;
    };
    await this.until(reached, "waiting for a pairing challenge", options);
    const [challenge] = taken;
    if (challenge) return challenge;
    throw new OrquestaError("CHALLENGE_UNAVAILABLE", "there is no challenge");
  }

  /**
   * Waits until `reached`, asked now and after every change.
   * @throws TIMED_OUT, ABORTED, INSTANCE_NOT_FOUND when it is removed meanwhile, MANAGER_CLOSED, what
   *   `reached` throws
   */
  until(reached: () => boolean, what: string, options: WaitOptions): Promise<void> {
    const stillHere = () => {
      if (!this.#released) return reached();
      if (this.#record.desired === "removed") {
        throw new OrquestaError("INSTANCE_NOT_FOUND", "the instance was removed");
      }
      throw new OrquestaError("MANAGER_CLOSED", "the instance is not run here any more");
    };
    return this.#watchers.until(stillHere, what, options);
  }
}
