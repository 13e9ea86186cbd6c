import type { DurableEvent, EphemeralEvent } from "../event/instance-event.ts";
import type { Owner } from "../journal/journal.ts";
import type { Logger } from "../log/logger.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import type { SentIds } from "../outbox/sent-ids.ts";
import type { WaitingOutbox } from "../outbox/waiting-outbox.ts";
import type { KnownChats } from "../pacing/known-chats.ts";
import type { PacingOf } from "../pacing/pacing.ts";
import type { KeptMedia } from "../provider/session-context.ts";
import type { InstanceStateServices } from "./instance-state.ts";
import type { SendResult } from "./send-result.ts";
import type { StartQueue } from "./start-queue.ts";
import type { Watchdog } from "./watchdog.ts";

/** What supervisors share. */
export interface SupervisorServices extends InstanceStateServices {
  readonly outbox: Outbox;
  readonly startQueue: StartQueue;
  readonly watchdog: Watchdog;
  readonly media: KeptMedia;
  readonly waiting: WaitingOutbox;
  readonly sentIds: SentIds;
  readonly knownChats: KnownChats;
  /** Of instances that have none of their own. */
  readonly pacingOf: PacingOf;
  settled(
    owner: Owner,
    entry: OutboxEntry,
    result: SendResult,
    also: readonly DurableEvent[],
  ): Promise<void>;
  emit(instanceId: string, event: EphemeralEvent): void;
  /** Another owner runs this instance now: this node lets go of it. */
  fenceLost(instanceId: string): void;
  loggerOf(instanceId: string, source: string): Logger;
}
