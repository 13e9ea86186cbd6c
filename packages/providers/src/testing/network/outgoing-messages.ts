import { randomBytes } from "node:crypto";
import { encodeWAMessage, type proto } from "@whiskeysockets/baileys";
import type { PrekeyBundle } from "../signal/prekey-bundle.ts";
import { nowSeconds, type Stanza, stanza } from "../wire/stanza.ts";
import type { Companion, CompanionDelivery, ResendRequest } from "./companion.ts";
import type { Group } from "./group.ts";
import { messageKey, type Network } from "./network.ts";
import type { User } from "./user.ts";

const PREKEYS_LOW = 5;

/** A message that is encrypted for every device of its recipients, and not yet sent. */
export interface PreparedMessage {
  readonly id: string;
  readonly deliveries: readonly { readonly to: Companion; readonly delivery: CompanionDelivery }[];
}

interface Outgoing {
  readonly sender: User;
  readonly id: string;
  readonly message: proto.IMessage;
}

export function newMessageId(): string {
  return `3A${randomBytes(9).toString("hex").toUpperCase()}`;
}

/** Encrypts a message to one user, for all linked devices of it. */
export function prepareDirect(network: Network, out: Outgoing, to: User): PreparedMessage {
  const padded = encodeWAMessage(out.message);
  to.chats.add(out.sender.number);
  const from = network.settings.addressing === "pn" ? out.sender.jid : out.sender.lid;
  const alternative =
    network.settings.addressing === "pn"
      ? { sender_lid: out.sender.lid }
      : { sender_pn: out.sender.jid, addressing_mode: "lid" };
  const deliveries = Array.from(to.companions.values(), (companion) => {
    const attributes = { ...messageAttributes(out), from, ...alternative };
    const encrypted = encryptFor(network, out.sender, companion, padded);
    const reencrypt = (request: ResendRequest): Stanza =>
      stanza("message", attributes, [anew(network, out.sender, companion, padded, request)]);
    return {
      to: companion,
      delivery: deliver(network, out.id, stanza("message", attributes, [encrypted]), reencrypt),
    };
  });
  return { id: out.id, deliveries };
}

/** Encrypts the copy of a message that a phone wrote, for the devices that are linked to it. */
export function prepareOwnCopy(network: Network, out: Outgoing, to: User): PreparedMessage {
  const isLid = network.settings.addressing === "lid";
  const [destinationJid, from] = isLid ? [to.lid, out.sender.lid] : [to.jid, out.sender.jid];
  const { messageContextInfo } = out.message;
  const copy: proto.IMessage = {
    deviceSentMessage: { destinationJid, message: out.message },
    ...(messageContextInfo && { messageContextInfo }),
  };
  const padded = encodeWAMessage(copy);
  const deliveries = Array.from(out.sender.companions.values(), (companion) => {
    const addresses = isLid
      ? { recipient: to.lid, recipient_pn: to.jid, addressing_mode: "lid" }
      : { recipient: to.jid, recipient_lid: to.lid };
    const attributes = { ...messageAttributes(out), from, ...addresses };
    const encrypted = encryptFor(network, out.sender, companion, padded);
    const reencrypt = (request: ResendRequest): Stanza =>
      stanza("message", attributes, [anew(network, out.sender, companion, padded, request)]);
    const node = stanza("message", attributes, [encrypted]);
    return { to: companion, delivery: deliver(network, out.id, node, reencrypt) };
  });
  return { id: out.id, deliveries };
}

/** Encrypts a message to a group, with the sender key for those members that lack it. */
export function prepareGroup(network: Network, out: Outgoing, group: Group): PreparedMessage {
  const senderKey = out.sender.phone.ownSenderKey(group.jid);
  const distribution: proto.IMessage = {
    senderKeyDistributionMessage: {
      groupId: group.jid,
      axolotlSenderKeyDistributionMessage: senderKey.key.distribution(),
    },
  };
  const shared = stanza(
    "enc",
    { v: "2", type: "skmsg" },
    senderKey.key.encrypt(encodeWAMessage(out.message)),
  );
  const attributes = {
    ...messageAttributes(out),
    from: group.jid,
    participant: out.sender.lid,
    participant_pn: out.sender.jid,
    addressing_mode: "lid",
  };
  const forOne = encodeWAMessage({ ...out.message, ...distribution });
  const deliveries = companionsOf(network, group).map((companion) => {
    const content = [shared];
    if (!senderKey.readers.has(companion.address)) {
      senderKey.readers.add(companion.address);
      content.unshift(encryptFor(network, out.sender, companion, encodeWAMessage(distribution)));
    }
    const reencrypt = (request: ResendRequest): Stanza =>
      stanza("message", attributes, [anew(network, out.sender, companion, forOne, request)]);
    return {
      to: companion,
      delivery: deliver(network, out.id, stanza("message", attributes, content), reencrypt),
    };
  });
  return { id: out.id, deliveries };
}

/** What an account's phone says to a device of its own. */
export function preparePeer(
  network: Network,
  sender: User,
  to: Companion,
  message: proto.IMessage,
): CompanionDelivery {
  const out = { sender, id: newMessageId(), message };
  const attributes = { ...messageAttributes(out), from: sender.jid, category: "peer" };
  const padded = encodeWAMessage(message);
  const reencrypt = (request: ResendRequest): Stanza =>
    stanza("message", attributes, [anew(network, sender, to, padded, request)]);
  const node = stanza("message", attributes, [encryptFor(network, sender, to, padded)]);
  return { ...deliver(network, out.id, node, reencrypt), kind: "peer" };
}

/** Queues a message for all its devices. */
export function pushAll({ deliveries }: PreparedMessage): void {
  for (const { to, delivery } of deliveries) to.queue.add(delivery);
}

/** A bundle of a linked device. Tells the device when few prekeys are left, as WhatsApp does. */
export function takeBundle(companion: Companion): PrekeyBundle {
  const bundle = companion.prekeys.take();
  if (companion.prekeys.count === PREKEYS_LOW - 1) {
    const count = stanza("count", { value: String(companion.prekeys.count) });
    const id = randomBytes(6).toString("hex");
    const attributes = { id, from: "s.whatsapp.net", type: "encrypt", t: nowSeconds() };
    companion.link?.send(stanza("notification", attributes, [count]));
  }
  return bundle;
}

function deliver(
  network: Network,
  id: string,
  node: Stanza,
  reencrypt: (request: ResendRequest) => Stanza,
): CompanionDelivery {
  const { from = "", participant } = node.attrs;
  const key = messageKey(network, from, participant, id);
  return { key, id, kind: "message", from, node, reencrypt };
}

function messageAttributes({ sender, id }: Outgoing): Record<string, string> {
  return { id, type: "text", t: nowSeconds(), notify: sender.name };
}

/** Those of the sender too: what a phone writes, its linked devices show. */
function companionsOf({ directory }: Network, group: Group): Companion[] {
  return group.members.flatMap((number) => [
    ...(directory.find(number)?.companions.values() ?? []),
  ]);
}

function encryptFor(network: Network, sender: User, to: Companion, padded: Uint8Array): Stanza {
  const { identity } = sender.phone;
  const { type, ciphertext } = identity.encrypt(to.address, padded, () => takeBundle(to));
  network.logger.debug({ from: sender.number, to: to.address, type }, "encrypted");
  return stanza("enc", { v: "2", type }, ciphertext);
}

/** The answer to a retry receipt: a new session, and the same message on it. */
function anew(
  network: Network,
  sender: User,
  to: Companion,
  padded: Uint8Array,
  { bundle, count }: ResendRequest,
): Stanza {
  sender.phone.identity.startSession(to.address, bundle ?? takeBundle(to));
  const enc = encryptFor(network, sender, to, padded);
  return stanza("enc", { ...enc.attrs, count: String(count) }, enc.content);
}
