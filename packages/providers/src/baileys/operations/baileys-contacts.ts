import {
  type Contact,
  type ContactCheck,
  type ContactOperations,
  type IncomingMedia,
  OrquestaError,
} from "@orquesta/core";
import { phoneOf } from "../jid.ts";
import type { NumberLookup } from "./number-lookup.ts";
import type { OperationParts } from "./operation-parts.ts";
import { findPicture } from "./profile-picture.ts";
import { askUsers } from "./usync.ts";

/** People on WhatsApp. */
export class BaileysContacts implements ContactOperations {
  readonly #parts: OperationParts;
  readonly #numbers: NumberLookup;

  constructor(parts: OperationParts, numbers: NumberLookup) {
    this.#parts = parts;
    this.#numbers = numbers;
  }

  async check(inputs: readonly string[], signal: AbortSignal): Promise<readonly ContactCheck[]> {
    return await this.#numbers.check(inputs, signal);
  }

  async get(
    contactId: string,
    signal: AbortSignal,
  ): Promise<Contact & { readonly about: string | null }> {
    const { query, contacts } = this.#parts;
    const contact = await contacts.identify({ jid: contactId, alternative: null }, null, null);
    const jid = contact.jid ?? contactId;
    const ask = () => askUsers(this.#parts, [jid], ["contact", "lid", "status"]);
    const [answer] = await query.run("asking for the contact", ask, signal);
    if (answer === undefined || (phoneOf(jid) !== null && !answer.exists)) {
      throw new OrquestaError("CONTACT_NOT_FOUND", "nobody on WhatsApp has this number");
    }
    const known = await contacts.identify({ jid, alternative: answer.lid }, contact.name, null);
    return { ...known, about: answer.about };
  }

  async picture(contactId: string, signal: AbortSignal): Promise<IncomingMedia | null> {
    return await findPicture(this.#parts, contactId, signal);
  }

  async block(contactId: string, signal: AbortSignal): Promise<void> {
    const { query, socket } = this.#parts;
    await query.run("blocking", () => socket.updateBlockStatus(contactId, "block"), signal);
  }

  async unblock(contactId: string, signal: AbortSignal): Promise<void> {
    const { query, socket } = this.#parts;
    await query.run("unblocking", () => socket.updateBlockStatus(contactId, "unblock"), signal);
  }

  async blocked(signal: AbortSignal): Promise<readonly string[]> {
    const { query, socket, contacts } = this.#parts;
    const jids = await query.run("asking who is blocked", () => socket.fetchBlocklist(), signal);
    const ids = jids.map(async (jid) => {
      if (jid === undefined) return [];
      return [(await contacts.identify({ jid, alternative: null }, null, null)).id];
    });
    return (await Promise.all(ids)).flat();
  }
}
