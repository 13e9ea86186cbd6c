import type { Contact } from "@orquesta/core";
import { BoundedMap } from "../shared/bounded-map/bounded-map.ts";
import { lidJid, lidOf, phoneJid, phoneOf, userJid } from "./jid.ts";
import { CHAT_ALIAS_TYPE } from "./own-key-types.ts";
import type { SessionStore } from "./session-store.ts";

/** An address as it came, and the other one of the same person if it came along. */
export interface Address {
  readonly jid: string;
  readonly alternative: string | null;
}

interface Person {
  readonly id: string;
  readonly phone: string | null;
  readonly lid: string | null;
}

/** Aliases that have to be stored together with what made them known: LID → id. */
export type NewAliases = Record<string, string>;

/**
 * Knows one person under two addresses.
 *
 * WhatsApp moves chats from phone numbers to LIDs, back and forth and without notice. The id of a
 * contact must survive that: it is the phone address if the phone was known at first contact, else
 * the LID; and what it once was it stays, which is what the stored alias is for. A phone is never
 * guessed from a LID: the two come in one stanza, or from Baileys' own mapping.
 */
export class ContactDirectory {
  readonly #store: SessionStore;
  readonly #people = new BoundedMap<string, Person>(1_000);

  constructor(store: SessionStore) {
    this.#store = store;
  }

  clear(): void {
    this.#people.clear();
  }

  /**
   * @param aliases where to note what has to be stored; null for somebody who is only mentioned:
   *   that is no first contact yet
   */
  async identify(
    address: Address,
    name: string | null,
    aliases: NewAliases | null,
  ): Promise<Contact> {
    const phone = phoneOf(address.jid) ?? phoneOf(address.alternative);
    const lid = lidOf(address.jid) ?? lidOf(address.alternative);
    if (phone === null && lid === null) {
      return { id: userJid(address.jid), phone: null, lid: null, jid: null, name };
    }
    const person = this.#known(phone, lid) ?? (await this.#learn(phone, lid, aliases));
    return {
      id: person.id,
      phone: person.phone,
      lid: person.lid === null ? null : lidJid(person.lid),
      jid: person.phone === null ? null : phoneJid(person.phone),
      name,
    };
  }

  /** Only when the address brings nothing new. */
  #known(phone: string | null, lid: string | null): Person | null {
    const person = this.#people.get(lid ?? phone ?? "");
    if (person === undefined) return null;
    const isNew =
      (phone !== null && person.phone !== phone) || (lid !== null && person.lid !== lid);
    return isNew ? null : person;
  }

  async #learn(
    phone: string | null,
    lid: string | null,
    aliases: NewAliases | null,
  ): Promise<Person> {
    const knownPhone = phone ?? (lid === null ? null : await this.#mapped(`${lid}_reverse`));
    const knownLid = lid ?? (phone === null ? null : await this.#mapped(phone));
    const person: Person = {
      id: await this.#idOf(knownPhone, knownLid, aliases),
      phone: knownPhone,
      lid: knownLid,
    };
    if (aliases === null) return person;
    if (knownPhone !== null) this.#people.set(knownPhone, person);
    if (knownLid !== null) this.#people.set(knownLid, person);
    return person;
  }

  async #idOf(
    phone: string | null,
    lid: string | null,
    aliases: NewAliases | null,
  ): Promise<string> {
    if (lid === null) return phoneJid(phone ?? "");
    const stored = (await this.#store.read(CHAT_ALIAS_TYPE, [lid]))[lid];
    if (typeof stored === "string") return stored;
    const id = phone === null ? lidJid(lid) : phoneJid(phone);
    if (aliases !== null) aliases[lid] = id;
    return id;
  }

  /** Baileys' mapping: phone → LID, `<lid>_reverse` → phone. */
  async #mapped(key: string): Promise<string | null> {
    const value = (await this.#store.read("lid-mapping", [key]))[key];
    return typeof value === "string" ? value : null;
  }
}
