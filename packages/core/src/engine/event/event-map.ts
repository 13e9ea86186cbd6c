import type { Contact } from "../message/contact.ts";
import type { IncomingMessage } from "../message/incoming-message.ts";
import type { MessageStatus } from "../message/message-status.ts";
import type { OutgoingContent } from "../message/outgoing-content.ts";
import type { InstanceStatus, StatusReason } from "./instance-status.ts";

/** Events that the journal keeps. They hold no credential: what they say goes to webhooks as it is. */
export interface DurableEventMap {
  "instance.created": { readonly provider: string; readonly name: string };
  "instance.status_changed": {
    readonly status: InstanceStatus;
    readonly previous: InstanceStatus;
    readonly reason: StatusReason | null;
    /** The account that the session belongs to; null until it is known. */
    readonly account: Contact | null;
  };
  /** Somebody wrote to the account. */
  "message.received": { readonly message: IncomingMessage };
  /** The account wrote: through Orquesta, or by hand on one of its other devices. */
  "message.sent":
    | {
        readonly origin: "orquesta";
        readonly outboxId: string;
        readonly messageId: string;
        readonly chatId: string;
        readonly sentAt: string;
        readonly content: OutgoingContent;
      }
    | { readonly origin: "device"; readonly message: IncomingMessage };
  "message.updated": {
    readonly chatId: string;
    readonly messageId: string;
    readonly status: MessageStatus;
    /** Who received or read it, in a group; null in a direct chat. */
    readonly contactId: string | null;
    readonly error: { readonly code: string; readonly message: string } | null;
  };
}

/** Events that are worth nothing a minute later, or hold secrets: never stored, never in a webhook. */
export interface EphemeralEventMap {
  "pairing.qr": { readonly qr: string; readonly expiresAt: string };
  "pairing.code": { readonly code: string; readonly expiresAt: string };
  /** The platform demands a passkey, which cannot be answered here: the instance fails. */
  "pairing.passkey": Readonly<Record<string, never>>;
  "instance.removed": { readonly name: string };
  /** A reader could not apply an event of this instance; the others go on. */
  "consumer.parked": { readonly consumer: string; readonly number: number };
  /** Retention erased events, `first` to `last`, before this reader came to them; it goes on behind them. */
  "consumer.overrun": { readonly consumer: string; readonly first: number; readonly last: number };
}

export type DurableEventName = keyof DurableEventMap;
export type EphemeralEventName = keyof EphemeralEventMap;
export type EventMap = DurableEventMap & EphemeralEventMap;
export type EventName = keyof EventMap;

/** A list that holds every name: one that is forgotten does not compile. */
function everyName<Name extends EventName>() {
  return <const List extends readonly Name[]>(
    list: [Name] extends [List[number]] ? List : never,
  ): List => list;
}

export const DURABLE_EVENT_NAMES = everyName<DurableEventName>()([
  "instance.created",
  "instance.status_changed",
  "message.received",
  "message.sent",
  "message.updated",
]);

export const EPHEMERAL_EVENT_NAMES = everyName<EphemeralEventName>()([
  "pairing.qr",
  "pairing.code",
  "pairing.passkey",
  "instance.removed",
  "consumer.parked",
  "consumer.overrun",
]);
