import type { Contact } from "../message/contact.ts";
import type { IncomingContent } from "../message/incoming-content.ts";
import type { IncomingMessage } from "../message/incoming-message.ts";
import type { MessageStatus } from "../message/message-status.ts";
import type { OutboxContent } from "../message/outgoing-content.ts";
import type { GroupChange } from "./group-change.ts";
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
        readonly content: OutboxContent;
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
  /** Somebody else, or the account on another of its devices, changed what a message says. */
  "message.edited": {
    readonly chatId: string;
    readonly messageId: string;
    readonly sender: Contact;
    /** The new wording: a text, or a medium with its new caption. */
    readonly content: IncomingContent;
    readonly editedAt: string;
  };
  /** Somebody else, or the account on another of its devices, took a message away for everybody. */
  "message.deleted": {
    readonly chatId: string;
    readonly messageId: string;
    /** Who did it; null when the platform does not say. */
    readonly sender: Contact | null;
    readonly deletedAt: string;
  };
  /** Somebody else, or the account on another of its devices, reacted to a message, whoever wrote that. */
  "message.reacted": {
    readonly chatId: string;
    readonly messageId: string;
    readonly sender: Contact;
    /** All that stand now, newest last; empty: the reaction was taken back. */
    readonly emojis: readonly string[];
    readonly reactedAt: string;
  };
  /** Somebody voted in a poll: `options` are all that the voter has chosen now; none: the vote was taken back. */
  "poll.voted": {
    readonly chatId: string;
    /** The poll. */
    readonly messageId: string;
    readonly voter: Contact;
    readonly options: readonly string[];
    readonly votedAt: string;
  };
  "call.received": {
    readonly callId: string;
    readonly caller: Contact;
    readonly chatId: string;
    readonly video: boolean;
    readonly group: boolean;
    readonly receivedAt: string;
    /** The settings of the instance have it refused already. */
    readonly rejected: boolean;
  };
  "call.ended": {
    readonly callId: string;
    readonly chatId: string;
    readonly outcome: "answered_elsewhere" | "rejected" | "missed" | "ended";
    readonly endedAt: string;
  };
  /** Somebody, we included, changed a group or who is in it. */
  "group.changed": {
    readonly chatId: string;
    readonly actor: Contact | null;
    readonly change: GroupChange;
    readonly changedAt: string;
  };
  /** A chat has another id from now on; what is sent to the former one still arrives. */
  "chat.migrated": { readonly from: string; readonly to: string };
  /** Messages from before the account was linked, in no order: nothing of it is new. */
  "history.received": {
    readonly messages: readonly {
      readonly direction: "in" | "out";
      readonly message: IncomingMessage;
    }[];
    /** How much of the history has come, 0 to 100; null when the platform does not say. */
    readonly progress: number | null;
  };
  /** The platform limits what the account may do, until then, or until it says otherwise. */
  "account.restricted": {
    readonly restriction: "new_chats";
    readonly until: string | null;
  };
  "account.unrestricted": { readonly restriction: "new_chats" };
}

/** Events that are worth nothing a minute later, or hold secrets: never stored, never in a webhook. */
export interface EphemeralEventMap {
  "pairing.qr": { readonly qr: string; readonly expiresAt: string };
  "pairing.code": { readonly code: string; readonly expiresAt: string };
  /** The platform demands a passkey, which cannot be answered here: the instance fails. */
  "pairing.passkey": Readonly<Record<string, never>>;
  /** What somebody is doing in a chat, or whether they are online. */
  "presence.changed": {
    readonly chatId: string;
    readonly contactId: string;
    readonly presence: "typing" | "recording" | "paused" | "online" | "offline";
  };
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
  "message.edited",
  "message.deleted",
  "message.reacted",
  "poll.voted",
  "call.received",
  "call.ended",
  "group.changed",
  "chat.migrated",
  "history.received",
  "account.restricted",
  "account.unrestricted",
]);

export const EPHEMERAL_EVENT_NAMES = everyName<EphemeralEventName>()([
  "pairing.qr",
  "pairing.code",
  "pairing.passkey",
  "presence.changed",
  "instance.removed",
  "consumer.parked",
  "consumer.overrun",
]);
