import { parseJid } from "../wire/jid.ts";
import {
  bytesOf,
  child,
  children,
  MalformedStanzaError,
  nowSeconds,
  requiredAttribute,
  type Stanza,
  stanza,
} from "../wire/stanza.ts";
import type { Companion, CompanionLink } from "./companion.ts";
import type { ResolvedDevice } from "./directory.ts";
import { faultOfMessage } from "./message-rules.ts";
import { messageKey, type Network, refuse } from "./network.ts";
import type { Phones } from "./phones.ts";
import type { EncryptedPart } from "./primary-device.ts";
import type { User } from "./user.ts";

const NO_SUCH_ACCOUNT = "404";
const SMAX_INVALID = "479";
const REACH_OUT_LOCKED = "463";
const STATUS_CHAT = "status@broadcast";

interface Submission {
  readonly node: Stanza;
  readonly id: string;
  readonly to: string;
  readonly sender: Companion;
  readonly account: User;
  /** The group, when it is written to one; stories are encrypted as for a group. */
  readonly group: string | null;
}

/** Takes the `<message>` stanzas of linked devices and carries them to their recipients. */
export class MessagesFromAccounts {
  readonly #network: Network;
  readonly #phones: Phones;

  constructor(network: Network, phones: Phones) {
    this.#network = network;
    this.#phones = phones;
  }

  handle(sender: Companion, link: CompanionLink, node: Stanza): void {
    const id = requiredAttribute(node, "id");
    const to = node.attrs["to"];
    const account = this.#network.directory.require(sender.number);
    if (!to) {
      this.#reject(sender, link, id, sender.jid, SMAX_INVALID, "message without to");
      return;
    }
    const server = parseJid(to)?.server;
    const group = server === "g.us" || to === STATUS_CHAT ? to : null;
    const submission = { node, id, to, sender, account, group };
    if (group === null && (server === "broadcast" || server === "newsletter")) {
      ack(link, id, to);
      return;
    }
    if (!this.#isKnown(to, group, account)) {
      this.#reject(sender, link, id, to, NO_SUCH_ACCOUNT, `message to unknown ${to}`);
      return;
    }
    const fault = this.#faultOf(submission);
    if (fault) {
      this.#reject(sender, link, id, to, SMAX_INVALID, fault);
      return;
    }
    const number = group === null ? this.#network.directory.numberOf(to) : null;
    if (number !== null && account.isRestricted && !account.chats.has(number)) {
      this.#reject(sender, link, id, to, REACH_OUT_LOCKED, "a new chat of a restricted account");
      return;
    }
    if (number !== null) account.chats.add(number);
    ack(link, id, to);
    this.#fanOut(submission);
  }

  #isKnown(to: string, group: string | null, account: User): boolean {
    const { directory } = this.#network;
    if (group === null) return directory.resolve(to) !== null;
    if (group === STATUS_CHAT) return true;
    return directory.group(group)?.has(account.number) ?? false;
  }

  #faultOf({ node, account, to, group }: Submission): string | null {
    const addressed = addressedParts(node);
    const shared = sharedParts(node);
    if (addressed.size === 0 && shared.length === 0) return "message without encrypted content";
    const fault = faultOfMessage(node, this.#network.directory.group(group ?? ""), account.number);
    if (fault !== null) return fault;
    const recipient = this.#network.directory.numberOf(to);
    for (const jid of addressed.keys()) {
      const number = this.#network.directory.numberOf(jid);
      if (number === null) return `participant ${jid} is nobody`;
      const isExpected =
        number === account.number ||
        number === recipient ||
        group === STATUS_CHAT ||
        (group !== null && this.#network.directory.group(group)?.has(number));
      if (!isExpected) return `participant ${jid} is no recipient`;
    }
    return null;
  }

  #fanOut(submission: Submission): void {
    const { node, to, group } = submission;
    const addressed = addressedParts(node);
    const shared = sharedParts(node);
    if (group === null && shared.length > 0) addressed.set(to, []);
    const targets =
      group === null ? [...addressed.keys()] : this.#everyDevice(submission, addressed);
    for (const jid of targets) {
      const target = this.#network.directory.resolve(jid);
      const parts = [...(addressed.get(jid) ?? []), ...shared];
      if (target && parts.length > 0) this.#deliver(submission, target, jid, parts);
    }
  }

  /** In a group the sender-key part goes to all, the addressed parts to those that they name. */
  #everyDevice({ node, group, sender }: Submission, addressed: Map<string, unknown>): string[] {
    const { directory } = this.#network;
    const only = node.attrs["participant"];
    if (only) return [only];
    const named = new Set(Array.from(addressed.keys(), (jid) => deviceKey(directory.resolve(jid))));
    const jids = [...addressed.keys()];
    for (const number of directory.group(group ?? "")?.members ?? []) {
      const user = directory.find(number);
      if (!user) continue;
      if (!named.has(`${number}:0`)) jids.push(user.lid);
      for (const { address, lid } of user.companions.values()) {
        if (!named.has(address) && address !== sender.address) jids.push(lid);
      }
    }
    return jids;
  }

  #deliver(
    { node, id, to, sender, account, group }: Submission,
    { user, device }: ResolvedDevice,
    address: string,
    parts: readonly EncryptedPart[],
  ): void {
    if (device === 0) {
      this.#phones.of(user).receive({
        id,
        sender,
        accountKey: account.phone.identity.keys.publicKey,
        to: address,
        group,
        parts,
        deviceIdentity: bytesOf(node, "device-identity"),
      });
      return;
    }
    const companion = user.companions.get(device);
    if (!companion) return;
    const toLid = parseJid(address)?.server === "lid";
    const attributes = companionAttributes({ sender, account, to, group }, user, toLid);
    const identity = child(node, "device-identity");
    const content = [
      ...parts.map(({ type, ciphertext }) => stanza("enc", { v: "2", type }, ciphertext)),
      ...(identity ? [identity] : []),
    ];
    const message = stanza(
      "message",
      { id, t: nowSeconds(), type: node.attrs["type"] ?? "text", ...attributes },
      content,
    );
    const { from = "", participant } = message.attrs;
    const key = messageKey(this.#network, from, participant, id);
    companion.queue.add({ key, id, kind: "message", from, node: message });
  }

  #reject(
    { number }: Companion,
    link: CompanionLink,
    id: string,
    to: string,
    error: string,
    reason: string,
  ): void {
    refuse(this.#network, number, reason);
    ack(link, id, to, error);
  }
}

function ack(link: CompanionLink, id: string, from: string, error?: string): void {
  link.send(stanza("ack", { class: "message", id, from, t: nowSeconds(), error }));
}

/** How one account's message looks to a linked device of another, or of the same one. */
function companionAttributes(
  { sender, account, to, group }: Pick<Submission, "account" | "group" | "sender" | "to">,
  receiver: User,
  toLid: boolean,
): Record<string, string> {
  const notify = account.name;
  if (group !== null) {
    const participant = sender.lid;
    return {
      from: group,
      participant,
      participant_pn: account.jid,
      addressing_mode: "lid",
      notify,
    };
  }
  const from = toLid ? sender.lid : sender.jid;
  const alternative: Record<string, string> = toLid
    ? { sender_pn: account.jid, addressing_mode: "lid" }
    : { sender_lid: account.lid };
  return receiver === account
    ? { from, recipient: to, ...alternative }
    : { from, notify, ...alternative };
}

function addressedParts(node: Stanza): Map<string, EncryptedPart[]> {
  const parts = new Map<string, EncryptedPart[]>();
  for (const to of children(child(node, "participants"), "to")) {
    parts.set(requiredAttribute(to, "jid"), sharedParts(to));
  }
  return parts;
}

function sharedParts(node: Stanza): EncryptedPart[] {
  return children(node, "enc").map((enc) => {
    const ciphertext = bytesOf(enc);
    if (!ciphertext) throw new MalformedStanzaError("<enc> without content");
    return { type: requiredAttribute(enc, "type"), ciphertext };
  });
}

function deviceKey(resolved: ResolvedDevice | null): string {
  return resolved ? `${resolved.user.number}:${resolved.device}` : "";
}
