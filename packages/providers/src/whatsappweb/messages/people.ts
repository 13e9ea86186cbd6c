import { type Contact, type KeyChange, type SessionKeys, waitFor } from "@orquesta/core";
import type { Client } from "whatsapp-web.js";
import { BoundedMap } from "../../shared/bounded-map/bounded-map.ts";
import { fromWebId, toWebId } from "./whatsapp-id.ts";

/** User part of a LID → id of the contact, as it was at first contact. */
const ALIAS_TYPE = "whatsappweb-alias";
const MAX_KNOWN = 2_000;
const ANSWER_TIMEOUT_MS = 15_000;

interface Person {
  readonly id: string;
  /** Digits. */
  readonly phone: string | null;
  readonly lid: string | null;
}

export interface PeopleParts {
  readonly client: Client;
  readonly keys: SessionKeys;
  readonly signal: AbortSignal;
}

/** What was found out, and what has to be stored together with what made it known. */
export interface Identified {
  readonly contact: Contact;
  readonly keys: readonly KeyChange[];
}

/**
 * Knows one person under two addresses. WhatsApp moves chats from phone numbers to LIDs; the id of a
 * contact stays what it was at first contact: the phone address where the phone was known, else the LID.
 */
export class People {
  readonly #parts: PeopleParts;
  readonly #known = new BoundedMap<string, Person>(MAX_KNOWN);

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  async identify(address: string, name: string | null = null): Promise<Identified> {
    const [identified] = await this.identifyAll([address]);
    if (!identified) throw new RangeError("one answer for each address");
    return { ...identified, contact: { ...identified.contact, name } };
  }

  /** One answer for each, in their order. */
  async identifyAll(addresses: readonly string[]): Promise<readonly Identified[]> {
    const webIds = addresses.map(toWebId);
    const unknown = webIds.filter((webId) => isPerson(webId) && !this.#known.get(webId));
    const keys = unknown.length > 0 ? await this.#learn([...new Set(unknown)]) : [];
    return webIds.map((webId) => ({ contact: this.#contact(webId), keys }));
  }

  /** The address that the page takes for what is a contact's id here. */
  addressOf(contactId: string): string {
    return toWebId(contactId);
  }

  #contact(webId: string): Contact {
    const { id, phone, lid } = this.#known.get(webId) ?? asItSays(webId);
    return {
      id,
      phone,
      lid: lid === null ? null : `${lid}@lid`,
      jid: phone === null ? null : `${phone}@s.whatsapp.net`,
      name: null,
    };
  }

  async #learn(webIds: readonly string[]): Promise<KeyChange[]> {
    const found = await this.#ask(webIds);
    if (found === null) return [];
    const lids = found.flatMap(({ lid }) => (lid === null ? [] : [lid]));
    const stored = await this.#parts.keys.get(ALIAS_TYPE, lids);
    const changes: KeyChange[] = [];
    for (const [index, webId] of webIds.entries()) {
      const { phone = null, lid = null } = found[index] ?? {};
      const alias = lid === null ? undefined : stored.get(lid);
      const own = phone === null ? webId : `${phone}@s.whatsapp.net`;
      const id = alias ? Buffer.from(alias).toString("utf8") : own;
      if (lid !== null && !alias) {
        changes.push({ type: ALIAS_TYPE, id: lid, value: Buffer.from(id) });
      }
      const person = { id, phone, lid };
      this.#known.set(webId, person);
      if (phone !== null) this.#known.set(`${phone}@c.us`, person);
      if (lid !== null) this.#known.set(`${lid}@lid`, person);
    }
    return changes;
  }

  /** Null: the page gave no answer. */
  async #ask(webIds: readonly string[]): Promise<Omit<Person, "id">[] | null> {
    const { client, signal } = this.#parts;
    const wait = { signal, timeoutMs: ANSWER_TIMEOUT_MS };
    const asking = client.getContactLidAndPhone([...webIds]);
    const answers = await waitFor(asking, "asking who it is", wait).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return null;
    });
    return (
      answers &&
      webIds.map((webId, index) => {
        const { lid, pn }: { lid?: string; pn?: string } = answers[index] ?? {};
        return {
          phone: userOf(pn, "c.us") ?? userOf(webId, "c.us"),
          lid: userOf(lid, "lid") ?? userOf(webId, "lid"),
        };
      })
    );
  }
}

/** What the address alone says: a phone is never guessed from a LID. */
function asItSays(webId: string): Person {
  return { id: fromWebId(webId), phone: userOf(webId, "c.us"), lid: userOf(webId, "lid") };
}

function isPerson(webId: string): boolean {
  return webId.endsWith("@c.us") || webId.endsWith("@lid");
}

function userOf(webId: string | undefined, server: string): string | null {
  const [user, itsServer] = webId?.split("@") ?? [];
  return user && itsServer === server ? user : null;
}
