import type { EphemeralEvent } from "../event/instance-event.ts";
import type { Owner } from "../journal/journal.ts";
import type { Logger } from "../log/logger.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import type { KeptMedia } from "../provider/session-context.ts";
import type { InstanceStateServices } from "./instance-state.ts";
import type { SendResult } from "./outbox-pump.ts";
import type { StartQueue } from "./start-queue.ts";
import type { Watchdog } from "./watchdog.ts";

/** What supervisors share. */
export interface SupervisorServices extends InstanceStateServices {
  readonly outbox: Outbox;
  readonly startQueue: StartQueue;
  readonly watchdog: Watchdog;
  readonly media: KeptMedia;
  settled(owner: Owner, entry: OutboxEntry, result: SendResult): Promise<void>;
  emit(instanceId: string, event: EphemeralEvent): void;
  /** Another owner runs this instance now: this node lets go of it. */
  fenceLost(instanceId: string): void;
  loggerOf(instanceId: string, source: string): Logger;
}
