import type { DurableEvent, JournalEvent } from "../event/instance-event.ts";
import { assumedEnd, type Restriction, restrictionAfter } from "./restriction.ts";

/**
 * Stops an account from beginning chats while the platform forbids it: every try makes it worse. When the
 * time is over one message is let through; it decides for all the others.
 */
export class Breaker {
  #restriction: Restriction | null;
  /** The message that is let through. */
  #probe: string | null = null;
  /** The message with which the restriction is being journaled. */
  #journaling: string | null = null;

  constructor(restriction: Restriction | null) {
    this.#restriction = restriction;
  }

  get restriction(): Restriction | null {
    return this.#restriction;
  }

  /** A message is on its way that tells whether the restriction goes on. */
  get probing(): boolean {
    return this.#probe !== null;
  }

  /** What a message that would begin a chat may do. */
  ask(outboxId: string, now: number): "go" | "refuse" | "wait" {
    if (this.#restriction === null || this.#probe === outboxId) return "go";
    if (now < this.#restriction.until) return "refuse";
    if (this.#probe !== null) return "wait";
    this.#probe = outboxId;
    return "go";
  }

  /** The platform refused a new chat. @returns what to journal */
  refused(outboxId: string, now: number): DurableEvent[] {
    // Others were under way when the first was refused: that is no repeat.
    const known = this.#restriction !== null && now < this.#restriction.until;
    this.#end(outboxId);
    if (known || (this.#journaling !== null && this.#journaling !== outboxId)) return [];
    this.#journaling = outboxId;
    const until = new Date(assumedEnd(this.#restriction, now)).toISOString();
    return [{ name: "account.restricted", data: { restriction: "new_chats", until } }];
  }

  /** The platform took a message. @returns what to journal */
  taken(outboxId: string): DurableEvent[] {
    if (!this.#end(outboxId)) return [];
    return [{ name: "account.unrestricted", data: { restriction: "new_chats" } }];
  }

  /** A message came to nothing that says anything about the account. */
  gaveUp(outboxId: string): void {
    this.#end(outboxId);
  }

  /** What was journaled, by us or by the session. */
  hear(event: JournalEvent): void {
    const next = restrictionAfter(this.#restriction, event);
    if (next !== this.#restriction) this.#journaling = null;
    this.#restriction = next;
  }

  #end(outboxId: string): boolean {
    if (this.#probe !== outboxId) return false;
    this.#probe = null;
    return true;
  }
}
