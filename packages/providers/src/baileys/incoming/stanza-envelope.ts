import type { IncomingMessage } from "@orquesta/core";
import type { BinaryNode } from "@whiskeysockets/baileys";
import type { Address } from "../contact-directory.ts";
import { isGroupJid, lidOf, phoneOf } from "../jid.ts";

const MAX_DATE_MS = 8.64e15;

/** The account's own addresses. */
export interface OwnAddresses {
  readonly id: string;
  readonly lid?: string | undefined;
  readonly name?: string | undefined;
}

/** What a message stanza says on the outside. */
export interface Envelope {
  readonly id: string;
  readonly chatType: IncomingMessage["chatType"];
  readonly chat: Address;
  readonly sender: Address;
  readonly isFromMe: boolean;
  readonly senderName: string | null;
  /** ISO 8601. */
  readonly sentAt: string;
}

/** Reads the attributes of a `<message>`; null when it is none that could be shown. */
export function readEnvelope({ attrs }: BinaryNode, me: OwnAddresses): Envelope | null {
  const { id, from } = attrs;
  if (!id || !from) return null;
  const chatType = chatTypeOf(from);
  const author = chatType === "group" || chatType === "broadcast" ? attrs["participant"] : from;
  if (!author) return null;
  const isFromMe = isOwn(author, me);
  const sender = { jid: author, alternative: alternativeOfSender(attrs) };
  return {
    id,
    chatType,
    chat: chatType === "direct" ? directChat(attrs, sender) : { jid: from, alternative: null },
    sender: isFromMe ? { jid: me.id, alternative: me.lid ?? null } : sender,
    isFromMe,
    senderName: (isFromMe ? me.name : attrs["notify"]) ?? null,
    sentAt: toIso(attrs["t"]),
  };
}

export function isOwn(jid: string, me: OwnAddresses): boolean {
  const phone = phoneOf(jid);
  if (phone !== null) return phone === phoneOf(me.id);
  const lid = lidOf(jid);
  return lid !== null && lid === lidOf(me.lid);
}

export function chatTypeOf(jid: string): IncomingMessage["chatType"] {
  if (isGroupJid(jid)) return "group";
  if (jid.endsWith("@broadcast")) return "broadcast";
  return jid.endsWith("@newsletter") ? "channel" : "direct";
}

/** Unix seconds; now, where the server says nothing sensible. */
export function toIso(seconds: string | undefined): string {
  const ms = Number(seconds) * 1_000;
  return new Date(ms > 0 && ms < MAX_DATE_MS ? ms : Date.now()).toISOString();
}

/** What our own devices send names the other side as recipient. */
function directChat(attrs: BinaryNode["attrs"], sender: Address): Address {
  const recipient = attrs["recipient"];
  if (!recipient) return sender;
  const alternative =
    attrs["recipient_pn"] ??
    attrs["recipient_lid"] ??
    attrs["peer_recipient_pn"] ??
    attrs["peer_recipient_lid"];
  return { jid: recipient, alternative: alternative ?? null };
}

function alternativeOfSender(attrs: BinaryNode["attrs"]): string | null {
  return (
    attrs["participant_pn"] ??
    attrs["sender_pn"] ??
    attrs["participant_lid"] ??
    attrs["sender_lid"] ??
    null
  );
}
