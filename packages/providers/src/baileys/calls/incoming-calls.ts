import type { DurableEventMap } from "@orquesta/core";
import type { BinaryNode } from "@whiskeysockets/baileys";
import { BoundedMap } from "../../shared/bounded-map/bounded-map.ts";
import type { ContactDirectory, NewAliases } from "../contact-directory.ts";
import { toIso } from "../incoming/stanza-envelope.ts";
import { CHAT_ALIAS_TYPE, EVENT_TYPE } from "../own-key-types.ts";

const REMEMBERED = 100;

/** A call that rings, or rang a short time ago. */
export interface RingingCall {
  readonly callId: string;
  /** Whom a refusal goes to. */
  readonly from: string;
  readonly chatId: string;
  /** It came while we were away: nobody waits for an answer any more. */
  readonly isOld: boolean;
}

type Outcome = DurableEventMap["call.ended"]["outcome"];

/** Turns `<call>` stanzas into events, and knows which calls may still be refused. */
export class IncomingCalls {
  readonly #contacts: ContactDirectory;
  readonly #rejects: () => boolean;
  readonly #ringing = new BoundedMap<string, RingingCall>(REMEMBERED);
  readonly #rejected = new Set<string>();

  /** @param rejects whether the settings have calls refused */
  constructor(contacts: ContactDirectory, rejects: () => boolean) {
    this.#contacts = contacts;
    this.#rejects = rejects;
  }

  ringing(callId: string): RingingCall | undefined {
    return this.#ringing.get(callId);
  }

  markRejected(callId: string): void {
    this.#rejected.add(callId);
  }

  /** What has to be stored for the stanza, and the call to refuse now; null: it says nothing new. */
  async read(stanza: BinaryNode): Promise<{ data: object; toReject: RingingCall | null } | null> {
    const [info] = Array.isArray(stanza.content) ? stanza.content : [];
    const callId = info?.attrs["call-id"];
    if (info === undefined || callId === undefined) return null;
    if (info.tag === "offer" || info.tag === "offer_notice") {
      return await this.#offer(stanza, info, callId);
    }
    const outcome = this.#outcomeOf(info, callId);
    const call = this.#ringing.get(callId);
    if (outcome === null || call === undefined) return null;
    this.#ringing.delete(callId);
    this.#rejected.delete(callId);
    const { chatId } = call;
    const event = {
      name: "call.ended",
      data: { callId, chatId, outcome, endedAt: toIso(stanza.attrs["t"]) },
      chatId,
      dedupeKey: `call|${callId}|ended`,
    };
    return { data: { [EVENT_TYPE]: { [event.dedupeKey]: event } }, toReject: null };
  }

  async #offer({ attrs }: BinaryNode, info: BinaryNode, callId: string) {
    const from = info.attrs["call-creator"] ?? info.attrs["from"] ?? attrs["from"] ?? "";
    const aliases: NewAliases = {};
    const address = { jid: from, alternative: info.attrs["caller_pn"] ?? null };
    const caller = await this.#contacts.identify(address, attrs["notify"] ?? null, aliases);
    const group = info.attrs["group-jid"];
    const isOld = attrs["offline"] !== undefined;
    const isRejected = this.#rejects() && !isOld;
    const chatId = group ?? caller.id;
    const call = { callId, from, chatId: caller.id, isOld };
    this.#ringing.set(callId, { ...call, chatId });
    const event = {
      name: "call.received",
      data: {
        callId,
        caller,
        chatId,
        video: hasChild(info, "video"),
        group: group !== undefined || info.attrs["type"] === "group",
        receivedAt: toIso(attrs["t"]),
        rejected: isRejected,
      },
      chatId,
      dedupeKey: `call|${callId}|received`,
    };
    const data = { [EVENT_TYPE]: { [event.dedupeKey]: event }, [CHAT_ALIAS_TYPE]: aliases };
    return { data, toReject: isRejected ? call : null };
  }

  #outcomeOf({ tag, attrs }: BinaryNode, callId: string): Outcome | null {
    if (tag === "accept") return "answered_elsewhere";
    if (tag === "reject") return "rejected";
    if (tag !== "terminate") return null;
    if (this.#rejected.has(callId)) return "rejected";
    const reason = attrs["reason"];
    if (reason === "accepted_elsewhere") return "answered_elsewhere";
    if (reason === "rejected_elsewhere") return "rejected";
    return reason === "timeout" || reason === "hangup" ? "missed" : "ended";
  }
}

function hasChild({ content }: BinaryNode, tag: string): boolean {
  return Array.isArray(content) && content.some((child) => child.tag === tag);
}
