import { bigEndian, nowSeconds, type Stanza, stanza } from "../wire/stanza.ts";
import type { Companion } from "./companion.ts";
import { type Network, receiptKey } from "./network.ts";

export interface ReceiptToAccount {
  readonly id: string;
  /** The reader's address, or the group's. */
  readonly from: string;
  /** The reader, in a group. */
  readonly participant?: string;
  readonly type?: "played" | "read" | "retry";
  readonly content?: readonly Stanza[];
}

/** Queues a receipt for an account's device; it waits there until the client acks it. */
export function postReceipt(network: Network, to: Companion, receipt: ReceiptToAccount): void {
  const { id, from, participant, type, content } = receipt;
  const attributes = { id, from, participant, type, t: nowSeconds() };
  to.queue.add({
    key: receiptKey(network, from, type, id),
    id,
    kind: "receipt",
    from,
    node: stanza("receipt", attributes, content === undefined ? undefined : [...content]),
  });
}

/** The body of a retry receipt: "I could not read this, send it again". */
export function retryContent(id: string, count: number, registrationId: number): Stanza[] {
  return [
    stanza("retry", { count: String(count), id, t: nowSeconds(), v: "1" }),
    stanza("registration", {}, bigEndian(registrationId, 4)),
  ];
}
