import { createHash, randomBytes } from "node:crypto";

/** What a ticket opens, and on whose account. */
export interface TicketHolder {
  /** Null: the events of all instances. */
  readonly instanceId: string | null;
  readonly streamKey: string;
}

interface Ticket extends TicketHolder {
  readonly expiresAt: number;
}

export const TICKET_VALID_MS = 60_000;
/** The oldest give way: whoever has a key could ask for any number. */
const MAX_TICKETS = 10_000;

/**
 * Tickets for browsers, which can send no header with an EventSource or a WebSocket: each opens one
 * stream once, within a minute. They live in memory, so they hold on the node that gave them.
 */
export class EventTickets {
  readonly #tickets = new Map<string, Ticket>();

  issue(holder: TicketHolder): { readonly ticket: string; readonly expiresAt: number } {
    this.#forgetOld();
    const ticket = randomBytes(32).toString("base64url");
    const expiresAt = Date.now() + TICKET_VALID_MS;
    this.#tickets.set(hashOf(ticket), { ...holder, expiresAt });
    return { ticket, expiresAt };
  }

  /** Whom it was given to; null when there is no such ticket, any more. It is used up. */
  redeem(ticket: string): TicketHolder | null {
    const hash = hashOf(ticket);
    const found = this.#tickets.get(hash);
    this.#tickets.delete(hash);
    return found && found.expiresAt > Date.now() ? found : null;
  }

  #forgetOld(): void {
    const now = Date.now();
    for (const [hash, { expiresAt }] of this.#tickets) {
      if (expiresAt > now && this.#tickets.size < MAX_TICKETS) return;
      this.#tickets.delete(hash);
    }
  }
}

function hashOf(ticket: string): string {
  return createHash("sha256").update(ticket).digest("base64");
}
