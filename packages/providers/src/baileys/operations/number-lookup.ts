import type { Contact, ContactCheck } from "@orquesta/core";
import { BoundedMap } from "../../shared/bounded-map/bounded-map.ts";
import { numberCandidates } from "../../shared/phone-number/number-candidates.ts";
import { parseChatId } from "../../shared/whatsapp/chat-id.ts";
import type { NewAliases } from "../contact-directory.ts";
import { phoneJid, phoneOf } from "../jid.ts";
import { CHAT_ALIAS_TYPE, NUMBER_TYPE } from "../own-key-types.ts";
import type { OperationParts } from "./operation-parts.ts";
import { askUsers, type UserAnswer } from "./usync.ts";

const REMEMBERED = 1_000;
/** Who is not on WhatsApp today may be tomorrow. */
const UNKNOWN_FOR_MS = 600_000;

/**
 * Finds the account behind a phone number as people type it. WhatsApp is asked once for all the ways
 * to write the number; its answer is kept with the session, so that every message to either form goes
 * to the same contact, the one that answers.
 */
export class NumberLookup {
  readonly #parts: OperationParts;
  readonly #known = new BoundedMap<string, string>(REMEMBERED);
  readonly #unknownUntil = new BoundedMap<string, number>(REMEMBERED);

  constructor(parts: OperationParts) {
    this.#parts = parts;
  }

  /** The chat that the address really leads to; the address itself where nobody can be found. */
  async resolveChat(chatId: string, signal: AbortSignal): Promise<string> {
    const typed = phoneOf(chatId);
    if (typed === null) return chatId;
    const candidates = numberCandidates(typed);
    const phone =
      candidates.length === 1
        ? typed
        : ((await this.#recall(typed)) ?? (await this.#ask(typed, signal)));
    if (phone === null) return chatId;
    return (await this.#contactOf(phone, null)).id;
  }

  /** One answer for each, in their order; what is no number or address is nobody. */
  async check(inputs: readonly string[], signal: AbortSignal): Promise<readonly ContactCheck[]> {
    const jids = inputs.map(toJid);
    const wanted = jids.flatMap((jid) => {
      const typed = phoneOf(jid);
      return typed === null ? [] : numberCandidates(typed);
    });
    const found = await this.#query(wanted, signal);
    const checks = inputs.map(async (input, index) => {
      const typed = phoneOf(jids[index]);
      const match = typed === null ? null : bestOf(typed, found);
      if (typed === null || match === null) return { input, contact: null };
      await this.#keep(typed, match.phone);
      return { input, contact: await this.#contactOf(match.phone, match.lid) };
    });
    return await Promise.all(checks);
  }

  async #recall(typed: string): Promise<string | null> {
    const known = this.#known.get(typed);
    if (known !== undefined) return known;
    const stored = (await this.#parts.store.read(NUMBER_TYPE, [typed]))[typed];
    if (typeof stored !== "string") return null;
    this.#known.set(typed, stored);
    return stored;
  }

  async #ask(typed: string, signal: AbortSignal): Promise<string | null> {
    if ((this.#unknownUntil.get(typed) ?? 0) > Date.now()) return null;
    const match = bestOf(typed, await this.#query(numberCandidates(typed), signal));
    if (match === null) {
      this.#unknownUntil.set(typed, Date.now() + UNKNOWN_FOR_MS);
      return null;
    }
    await this.#keep(typed, match.phone);
    return match.phone;
  }

  async #query(phones: readonly string[], signal: AbortSignal): Promise<readonly UserAnswer[]> {
    const jids = [...new Set(phones)].map(phoneJid);
    if (jids.length === 0) return [];
    const ask = () => askUsers(this.#parts, jids, ["contact", "lid"]);
    return await this.#parts.query.run("looking numbers up", ask, signal);
  }

  async #keep(typed: string, phone: string): Promise<void> {
    if (this.#known.get(typed) === phone) return;
    this.#known.set(typed, phone);
    await this.#parts.store.set({ [NUMBER_TYPE]: { [typed]: phone } });
  }

  /** Also stores the id that the contact goes by, if it was not met before. */
  async #contactOf(phone: string, lid: string | null): Promise<Contact> {
    const { contacts, store } = this.#parts;
    const aliases: NewAliases = {};
    const address = { jid: phoneJid(phone), alternative: lid };
    const contact = await contacts.identify(address, null, aliases);
    if (Object.keys(aliases).length > 0) await store.set({ [CHAT_ALIAS_TYPE]: aliases });
    return contact;
  }
}

interface Match {
  readonly phone: string;
  readonly lid: string | null;
}

/** The likeliest of those candidates that exist. */
function bestOf(typed: string, answers: readonly UserAnswer[]): Match | null {
  for (const candidate of numberCandidates(typed)) {
    const answer = answers.find(({ jid, exists }) => exists && phoneOf(jid) === candidate);
    if (answer !== undefined) return { phone: candidate, lid: answer.lid };
  }
  return null;
}

function toJid(input: string): string | null {
  try {
    return parseChatId(input);
  } catch {
    return null;
  }
}
