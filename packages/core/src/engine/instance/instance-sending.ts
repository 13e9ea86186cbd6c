import type { JournalEvent } from "../event/instance-event.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import { changePacing, type Pacing } from "../pacing/pacing.ts";
import type { Restriction } from "../pacing/restriction.ts";
import type { Provider } from "../provider/provider.ts";
import type { InstanceRecord } from "./instance-record.ts";
import { OutboxPump, type OutboxPumpOptions } from "./outbox-pump.ts";
import { SendingGate } from "./sending-gate.ts";
import type { SupervisorServices } from "./supervisor-services.ts";

/** How one instance sends, from session to session. */
export class InstanceSending {
  readonly #gate: SendingGate;
  #pump: OutboxPump | null = null;

  constructor(services: SupervisorServices, provider: Provider, record: InstanceRecord) {
    const { knownChats } = services;
    const { id: instanceId, restriction } = record;
    const pacing = changePacing(services.pacingOf(provider.id), record.pacing);
    this.#gate = new SendingGate({ instanceId, provider, knownChats, pacing, restriction });
  }

  /** What the platform forbids the account; null: nothing. */
  get restriction(): Restriction | null {
    return this.#gate.breaker.restriction;
  }

  /** Sends through a session until the pump is closed. */
  start(options: Omit<OutboxPumpOptions, "gate">): OutboxPump {
    const pump = new OutboxPump({ ...options, gate: this.#gate });
    this.#pump = pump;
    pump.start();
    return pump;
  }

  /** A message that was just accepted. */
  offer(entry: OutboxEntry): void {
    this.#pump?.offer(entry);
  }

  /** Takes effect with the next message. */
  pace(pacing: Pacing): void {
    this.#gate.change(pacing);
    this.#pump?.wake();
  }

  /** What was journaled, and the chats that may have become known by it. */
  hear(events: readonly JournalEvent[], chatIds: readonly string[]): void {
    for (const event of events) {
      if (event.name !== "account.restricted" && event.name !== "account.unrestricted") continue;
      this.#gate.hear(event);
      this.#pump?.wake();
    }
    for (const chatId of chatIds) this.#pump?.chatKnown(chatId);
  }
}
