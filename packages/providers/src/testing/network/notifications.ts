import { randomBytes } from "node:crypto";
import { nowSeconds, type Stanza, stanza } from "../wire/stanza.ts";
import type { Companion } from "./companion.ts";
import type { User } from "./user.ts";

export interface Notification {
  /** Such as `w:gp2`. */
  readonly type: string;
  /** The group or user that it is about. */
  readonly from: string;
  /** Who did it. */
  readonly actor?: User;
  readonly content: readonly Stanza[];
}

/** Queues a notification for an account's device; it waits there until the client acks it. */
export function postNotification(to: Companion, notification: Notification): void {
  const { type, from, actor, content } = notification;
  const id = randomBytes(8).toString("hex").toUpperCase();
  const who = actor && {
    participant: actor.lid,
    participant_pn: actor.jid,
    notify: actor.name,
    addressing_mode: "lid",
  };
  const attributes = { id, from, type, t: nowSeconds(), ...who };
  const node = stanza("notification", attributes, [...content]);
  to.queue.add({ key: notificationKey(id), id, kind: "notification", from, node });
}

/** The name under which a notification waits for its ack. */
export function notificationKey(id: string): string {
  return `notification|${id}`;
}
