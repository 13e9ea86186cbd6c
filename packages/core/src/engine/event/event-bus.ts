import { EventEmitter } from "eventemitter3";
import { v7 as uuidv7 } from "uuid";
import type { Logger } from "../log/logger.ts";
import type { EventName } from "./event-map.ts";
import type { EphemeralEvent, InstanceEvent, JournalEvent } from "./instance-event.ts";

type Listener<Name extends EventName> = (event: InstanceEvent<Name>) => unknown;

/** Events in memory, at most once: a convenience. A listener that throws hurts nobody else. */
export class EventBus {
  readonly #emitter = new EventEmitter();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @returns the function that takes the listener off again */
  on<Name extends EventName>(name: Name, listener: Listener<Name>): () => void {
    const guarded = (event: InstanceEvent<Name>) => this.#call(name, listener, event);
    this.#emitter.on(name, guarded);
    return () => {
      this.#emitter.off(name, guarded);
    };
  }

  announce(event: JournalEvent): void {
    this.#emitter.emit(event.name, event);
  }

  emit(instanceId: string, { name, data }: EphemeralEvent): void {
    if (this.#emitter.listenerCount(name) === 0) return;
    const occurredAt = new Date().toISOString();
    this.#emitter.emit(name, { id: uuidv7(), instanceId, occurredAt, number: null, name, data });
  }

  removeAll(): void {
    this.#emitter.removeAllListeners();
  }

  #call<Name extends EventName>(
    name: Name,
    listener: Listener<Name>,
    event: InstanceEvent<Name>,
  ): void {
    const report = (error: unknown) => {
      this.#logger.error("an event listener failed", { event: name, error });
    };
    try {
      const result = listener(event);
      if (result instanceof Promise) result.catch(report);
    } catch (error) {
      report(error);
    }
  }
}
