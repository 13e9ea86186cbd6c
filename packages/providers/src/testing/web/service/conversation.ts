import { randomBytes } from "node:crypto";
import type { Attributes, MessageOnWire } from "../protocol.ts";
import { type Addressing, addressOf, type Person } from "./person.ts";
import type { WebGroup } from "./web-group.ts";

/** Where something was written: between two people, or in a group. */
export type Chat =
  | { readonly kind: "direct"; readonly people: readonly [Person, Person] }
  | { readonly kind: "group"; readonly group: WebGroup };

/** A message as the service has it. */
export interface Written {
  readonly id: string;
  readonly chat: Chat;
  readonly sender: Person;
  /** Unix seconds. */
  t: number;
  attributes: Attributes;
  isRevoked: boolean;
  /** Somebody who got it has read it. */
  isSeen: boolean;
}

/** In the form that WhatsApp Web gives to its own. */
export function newMessageId(): string {
  return `3EB0${randomBytes(9).toString("hex").toUpperCase()}`;
}

export function membersOf(chat: Chat): readonly Person[] {
  return chat.kind === "direct" ? chat.people : [...chat.group.members.keys()];
}

/** The chat's address for one who is in it. */
export function remoteFor(chat: Chat, reader: Person, addressing: Addressing): string {
  if (chat.kind === "group") return chat.group.id;
  const [one, other] = chat.people;
  return addressOf(one === reader ? other : one, addressing);
}

/** The message as one of the chat sees it. */
export function copyFor(
  { id, chat, sender, t, attributes }: Written,
  reader: Person,
  addressing: Addressing,
): MessageOnWire {
  const remote = remoteFor(chat, reader, addressing);
  const fromMe = sender === reader;
  const own = addressOf(reader, addressing);
  const isGroup = chat.kind === "group";
  return {
    id,
    fromMe,
    remote,
    participant: isGroup ? addressOf(sender, addressing) : null,
    from: fromMe ? own : remote,
    to: fromMe ? remote : own,
    t,
    ack: 1,
    attributes: { ...attributes, notifyName: sender.name },
  };
}
