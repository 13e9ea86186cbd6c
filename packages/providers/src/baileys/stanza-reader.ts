import type { DurableEvent } from "@orquesta/core";
import type { BinaryNode } from "@whiskeysockets/baileys";
import type { GroupMetadataCache } from "./groups/group-metadata.ts";
import { toDataSet } from "./incoming/journaled-message.ts";
import { isGroupJid } from "./jid.ts";
import type { SessionDesk } from "./operations/session-desk.ts";
import type { ServerAcks } from "./outgoing/server-acks.ts";
import type { SessionParts } from "./session-parts.ts";

export interface StanzaReaderOptions {
  readonly parts: Pick<SessionParts, "incoming" | "groupChanges" | "updates" | "queue" | "store">;
  readonly groups: GroupMetadataCache;
  readonly acks: ServerAcks;
  readonly desk: Pick<SessionDesk, "readCall" | "readPresence">;
  /** Runs work whose outcome must be durable before anything is said to the server. */
  readonly durably: (work: () => Promise<void>) => void;
}

/**
 * Sees every stanza before Baileys does: remembers which stanza a ciphertext came in, and journals
 * what Baileys acknowledges without decrypting anything.
 */
export class StanzaReader {
  readonly groups: GroupMetadataCache;
  readonly #parts: StanzaReaderOptions["parts"];
  readonly #acks: ServerAcks;
  readonly #desk: StanzaReaderOptions["desk"];
  readonly #durably: StanzaReaderOptions["durably"];
  /** Baileys hands the very same bytes to the Signal repository. */
  readonly #stanzas = new WeakMap<Uint8Array, BinaryNode>();

  constructor({ parts, groups, acks, desk, durably }: StanzaReaderOptions) {
    this.groups = groups;
    this.#parts = parts;
    this.#acks = acks;
    this.#desk = desk;
    this.#durably = durably;
  }

  stanzaOf(ciphertext: Uint8Array): BinaryNode | undefined {
    return this.#stanzas.get(ciphertext);
  }

  read(stanza: BinaryNode): void {
    const { updates } = this.#parts;
    if (stanza.tag === "message") this.#readMessage(stanza);
    else if (stanza.tag === "receipt") this.#update(() => updates.readReceipt(stanza));
    else if (stanza.tag === "ack") this.#readAck(stanza);
    else if (stanza.tag === "call") this.#durably(() => this.#desk.readCall(stanza));
    else if (stanza.tag === "notification") this.#readNotification(stanza);
    else if (stanza.tag === "presence" || stanza.tag === "chatstate") {
      void this.#desk.readPresence(stanza);
    }
  }

  #readNotification(stanza: BinaryNode): void {
    const { from } = stanza.attrs;
    if (from) this.groups.forget(from);
    if (from && isGroupJid(from)) this.#update(() => this.#parts.groupChanges.read(stanza));
  }

  #readAck(stanza: BinaryNode): void {
    const { id, error } = stanza.attrs;
    if (stanza.attrs["class"] !== "message" || !id) return;
    if (this.#acks.settle(id, error ?? null) || !error) return;
    this.#update(() => this.#parts.updates.readAcknowledgement(stanza));
  }

  #readMessage(stanza: BinaryNode): void {
    // Baileys queues what was sent while we were away and handles what is sent now at once, so a new
    // message would overtake the older ones of its chat. In one queue they keep the server's order.
    stanza.attrs["offline"] ??= "0";
    if (!Array.isArray(stanza.content)) return;
    for (const { tag, content } of stanza.content) {
      if (!(content instanceof Uint8Array)) continue;
      if (tag === "enc") this.#stanzas.set(content, stanza);
      else if (tag === "plaintext") this.#durably(() => this.#journalPlaintext(stanza, content));
    }
  }

  /** Channel posts are not encrypted, so Baileys passes by the repository. */
  async #journalPlaintext(stanza: BinaryNode, content: Uint8Array): Promise<void> {
    const reading = await this.#parts.incoming.read(stanza, content);
    if (reading !== null) await this.#parts.store.set(toDataSet(reading));
  }

  #update(read: () => Promise<DurableEvent[]>): void {
    this.#durably(async () => {
      const events = await read();
      if (events.length > 0) await this.#parts.queue.add([], events);
    });
  }
}
