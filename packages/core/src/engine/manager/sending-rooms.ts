import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import type { DurableEvent, JournalEvent } from "../event/instance-event.ts";
import type { Consequences } from "../instance/committer.ts";
import type { Supervisor } from "../instance/supervisor.ts";
import { OpenMenus } from "../menu/open-menus.ts";
import { Outbox } from "../outbox/outbox.ts";
import { applyReceipts } from "../outbox/receipts.ts";
import { SentIds } from "../outbox/sent-ids.ts";
import { WaitingOutbox } from "../outbox/waiting-outbox.ts";
import { KnownChats } from "../pacing/known-chats.ts";
import type { PacingOf } from "../pacing/pacing.ts";
import { PacingStore } from "../pacing/pacing-store.ts";
import { recordRestriction } from "../pacing/record-restriction.ts";
import { Polls } from "../poll/polls.ts";

/** What lies between a message that is accepted and the session that sends it, and what comes back. */
export class SendingRooms implements Consequences {
  readonly outbox: Outbox;
  readonly waiting: WaitingOutbox;
  readonly sentIds: SentIds;
  readonly knownChats: KnownChats;
  readonly pacing: PacingStore;
  readonly polls: Polls;
  readonly defaultPacing: PacingOf;
  readonly #menus: OpenMenus;
  readonly #find: (instanceId: string) => Supervisor | undefined;

  constructor(
    database: Database,
    defaultPacing: PacingOf,
    find: (instanceId: string) => Supervisor | undefined,
  ) {
    const providerOf = (instanceId: string) => find(instanceId)?.provider;
    this.#find = find;
    this.defaultPacing = defaultPacing;
    this.outbox = new Outbox(database);
    this.waiting = new WaitingOutbox(database);
    this.sentIds = new SentIds(database);
    this.pacing = new PacingStore(database);
    this.polls = new Polls(database);
    this.knownChats = new KnownChats(
      database,
      (instanceId, chatId) => providerOf(instanceId)?.beginsChat?.(chatId) ?? true,
    );
    this.#menus = new OpenMenus(
      database,
      (instanceId) => providerOf(instanceId)?.capabilities.menus === "numbered",
    );
  }

  /** What supervisors take from here. */
  get services() {
    const { outbox, waiting, sentIds, knownChats, defaultPacing: pacingOf } = this;
    return { outbox, waiting, sentIds, knownChats, pacingOf };
  }

  translate(
    tx: Transaction,
    instanceId: string,
    events: readonly DurableEvent[],
  ): Promise<readonly DurableEvent[]> {
    return this.#menus.translate(tx, instanceId, events);
  }

  async apply(tx: Transaction, instanceId: string, events: readonly JournalEvent[]): Promise<void> {
    await applyReceipts(tx, instanceId, events);
    const chatIds = await this.knownChats.note(tx, instanceId, events);
    await this.waiting.release(tx, instanceId, chatIds);
    await recordRestriction(tx, instanceId, events);
    await this.polls.note(tx, instanceId, events);
  }

  /** Events of one instance that are committed, in their order. */
  committed(events: readonly JournalEvent[]): void {
    const [first] = events;
    if (!first) return;
    const { instanceId } = first;
    this.#menus.committed(events);
    const chatIds = this.knownChats.committed(instanceId, events);
    this.#find(instanceId)?.sending.hear(events, chatIds);
  }

  /** Instances that this node runs from now on. */
  load(instanceIds: readonly string[]): Promise<void> {
    return this.#menus.load(instanceIds);
  }

  forget(instanceId: string): void {
    this.#menus.forget(instanceId);
    this.knownChats.forget(instanceId);
  }
}
