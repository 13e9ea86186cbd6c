import {
  child,
  children,
  MalformedStanzaError,
  requiredAttribute,
  type Stanza,
} from "../wire/stanza.ts";
import type { Companion, CompanionDelivery } from "./companion.ts";
import { messageKey, type Network, receiptKey, refuse } from "./network.ts";
import { notificationKey } from "./notifications.ts";
import { bundleOfRetry } from "./prekey-registry.ts";
import { postReceipt } from "./receipts-to-accounts.ts";

/** Whether many people write there. */
function hasAuthors(chat: string): boolean {
  return chat.endsWith("@g.us") || chat.endsWith("@broadcast");
}

/** Takes the `<receipt>` and `<ack>` stanzas of linked devices. */
export class ReceiptsFromAccounts {
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
  }

  receipt(from: Companion, node: Stanza): void {
    const id = requiredAttribute(node, "id");
    const { to, type, participant, recipient } = node.attrs;
    if (type === "server-error") {
      this.#network.phoneMedia.askedAgain(from, node);
      return;
    }
    // The receipt for the copy of an own message names the chat as its recipient instead.
    const chat = to ?? (type === "sender" ? recipient : undefined);
    if (!chat) throw new MalformedStanzaError("<receipt> without to");
    const author = hasAuthors(chat) ? participant : undefined;
    if (type === "retry") {
      this.#retry(from, node, id, messageKey(this.#network, chat, author, id));
      return;
    }
    const items = children(child(node, "list"), "item").map((item) =>
      requiredAttribute(item, "id"),
    );
    for (const one of [id, ...items]) {
      this.#settle(from, one, { chat, author, type: type ?? "delivered" });
    }
  }

  ack(from: Companion, node: Stanza): void {
    const id = requiredAttribute(node, "id");
    const to = requiredAttribute(node, "to");
    const { error, participant, type } = node.attrs;
    if (node.attrs["class"] === "receipt") {
      from.queue.settle(receiptKey(this.#network, to, type, id));
      return;
    }
    if (node.attrs["class"] === "notification" || node.attrs["class"] === "call") {
      from.queue.settle(notificationKey(id));
      return;
    }
    if (node.attrs["class"] !== "message") return;
    const author = hasAuthors(to) ? participant : undefined;
    const key = messageKey(this.#network, to, author, id);
    if (!error) {
      from.queue.settle(key);
      return;
    }
    const outcome = from.queue.nack(key);
    const { number, device } = from;
    const chat = this.#network.directory.chatOf(to);
    from.nacks.push({ id, chat, error, outcome, device, at: Date.now() });
    this.#network.events.emit("nack", { number, device, id, error });
  }

  #settle(
    from: Companion,
    id: string,
    { chat, author, type }: { chat: string; author: string | undefined; type: string },
  ): void {
    // The copy of an own message came from the account itself, whatever chat it is of.
    const sender = type === "sender" && !author ? from.jid : chat;
    from.queue.settle(messageKey(this.#network, sender, author, id));
    // What devices of one account say to each other is no message of anybody.
    if (type === "peer_msg" || type === "hist_sync") return;
    const { number, device } = from;
    const record = { id, chat: this.#network.directory.chatOf(chat), type, device, at: Date.now() };
    from.receipts.push(record);
    this.#forward(from, id, author ?? chat, chat, type);
    this.#network.events.emit("receipt", { number, device, id, type });
  }

  /** Tells the author, when it is an account itself. */
  #forward(from: Companion, id: string, author: string, chat: string, type: string): void {
    const resolved = this.#network.directory.resolve(author);
    if (!resolved || resolved.user.number === from.number) return;
    const isRead = type === "read" || type === "played";
    if (!isRead && type !== "delivered" && type !== "inactive") return;
    const reader = author.endsWith("@lid") ? from.lid : from.jid;
    const isGroup = chat.endsWith("@g.us");
    for (const companion of resolved.user.companions.values()) {
      postReceipt(this.#network, companion, {
        id,
        from: isGroup ? chat : reader,
        ...(isGroup ? { participant: reader } : {}),
        ...(isRead ? { type: type === "read" ? "read" : "played" } : {}),
      });
    }
  }

  #retry(from: Companion, node: Stanza, id: string, key: string): void {
    const count = Number(child(node, "retry")?.attrs["count"] ?? "1");
    const { number, device } = from;
    const bundle = bundleOfRetry(node);
    const chat = this.#network.directory.chatOf(node.attrs["to"] ?? "");
    from.retries.push({ id, chat, count, withKeys: bundle !== null, device, at: Date.now() });
    const old = from.queue.sent(key);
    if (!old) refuse(this.#network, number, `retry receipt for ${id}, which is not pending`);
    else if (old.reencrypt) {
      from.queue.resend(old, { ...old, node: old.reencrypt({ bundle, count }) });
    } else this.#forwardRetry(from, old, node);
    this.#network.events.emit("retry", { number, device, id, count });
  }

  /** The sender is an account itself: its linked device has to encrypt anew. */
  #forwardRetry(from: Companion, old: CompanionDelivery, node: Stanza): void {
    const author = old.node.attrs["participant"] ?? old.from;
    const resolved = this.#network.directory.resolve(author);
    const companion = resolved?.user.companions.get(resolved.device);
    if (!companion) return;
    from.queue.supersede(old);
    const reader = author.endsWith("@lid") ? from.lid : from.jid;
    const isGroup = old.from.endsWith("@g.us");
    postReceipt(this.#network, companion, {
      id: old.id,
      from: isGroup ? old.from : reader,
      ...(isGroup ? { participant: reader } : {}),
      type: "retry",
      content: children(node),
    });
  }
}
