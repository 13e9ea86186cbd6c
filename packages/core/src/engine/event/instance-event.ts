import type {
  DurableEventMap,
  DurableEventName,
  EphemeralEventMap,
  EphemeralEventName,
} from "./event-map.ts";

/** What a provider hands to `context.commit`. */
export type DurableEvent<Name extends DurableEventName = DurableEventName> = {
  [N in Name]: {
    readonly name: N;
    readonly data: DurableEventMap[N];
    /** Events of one chat stay in order for every reader. */
    readonly chatId?: string;
    /**
     * Says that two events are the same one, such as `<chat>|<sender>|<id>|<kind>`. A second event
     * of the instance with the same key is dropped, also long after the first left the journal.
     */
    readonly dedupeKey?: string;
  };
}[Name];

export type EphemeralEvent<Name extends EphemeralEventName = EphemeralEventName> = {
  [N in Name]: { readonly name: N; readonly data: EphemeralEventMap[N] };
}[Name];

interface Envelope {
  /** UUIDv7; the same on every repeat of a delivery. */
  readonly id: string;
  readonly instanceId: string;
  /** ISO 8601 UTC with milliseconds. */
  readonly occurredAt: string;
}

/** A durable event in the journal. `number` counts up from 1 in each instance, without gaps. */
export type JournalEvent<Name extends DurableEventName = DurableEventName> = {
  [N in Name]: Envelope & {
    readonly name: N;
    readonly number: number;
    readonly chatId: string | null;
    readonly data: DurableEventMap[N];
  };
}[Name];

/** What `manager.on` listeners get: durable events with their number, ephemeral ones with null. */
export type InstanceEvent<Name extends DurableEventName | EphemeralEventName> = {
  [N in Name]: N extends DurableEventName
    ? JournalEvent<N>
    : N extends EphemeralEventName
      ? Envelope & { readonly name: N; readonly number: null; readonly data: EphemeralEventMap[N] }
      : never;
}[Name];
