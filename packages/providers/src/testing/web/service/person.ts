import type { ChatMarks, PersonOnWire } from "../protocol.ts";

/** Somebody on WhatsApp. */
export interface Person {
  readonly number: string;
  /** Digits of the LID. */
  readonly lid: string;
  name: string;
  about: string;
  /** Its path; null: none. */
  picture: string | null;
  /** What it has marked its chats with, by their addresses. */
  readonly marks: Map<string, ChatMarks>;
  /** Numbers of those that may not write. */
  readonly blocked: Set<string>;
}

/** What direct chats and participants of groups are known by. */
export type Addressing = "phone" | "lid";

export function phoneAddress({ number }: Person): string {
  return `${number}@c.us`;
}

export function lidAddress({ lid }: Person): string {
  return `${lid}@lid`;
}

export function addressOf(person: Person, addressing: Addressing): string {
  return addressing === "lid" ? lidAddress(person) : phoneAddress(person);
}

export function onWire(person: Person): PersonOnWire {
  return {
    phone: phoneAddress(person),
    lid: lidAddress(person),
    name: person.name,
    about: person.about,
  };
}

export function marksOf({ marks }: Person, chat: string): ChatMarks {
  const fresh = { archived: false, pinned: false, mutedUntil: 0, markedUnread: false };
  return marks.get(chat) ?? fresh;
}
