import type { proto } from "@whiskeysockets/baileys";
import { SignalError } from "../signal/signal-error.ts";
import type { Companion } from "./companion.ts";
import type { ReceivedMessage } from "./inbox.ts";
import { describeMessage, isVisible } from "./message-content.ts";
import type { Network } from "./network.ts";
import type { Envelope } from "./primary-device.ts";
import { postReceipt, retryContent } from "./receipts-to-accounts.ts";
import type { User } from "./user.ts";

const MAX_AUTOMATIC_RETRIES = 5;
const REMEMBERED_ORIGINS = 10_000;

/** Where a shown message came from, so that it can be receipted later. */
interface Origin {
  readonly companion: Companion;
  readonly to: string;
  readonly group: string | null;
}

export interface InboundHabits {
  /** Answer every message with a delivery receipt, as phones do. */
  deliveryReceipts: boolean;
  /** Ask for it again when a message cannot be decrypted, as phones do. */
  retryReceipts: boolean;
}

/** What somebody's phone does with the messages that accounts write to it. */
export class PhoneInbound {
  readonly habits: InboundHabits = { deliveryReceipts: true, retryReceipts: true };
  readonly #network: Network;
  readonly #user: User;
  readonly #origins = new Map<string, Origin>();
  readonly #retries = new Map<string, number>();

  constructor(network: Network, user: User) {
    this.#network = network;
    this.#user = user;
  }

  receive(envelope: Envelope): void {
    this.#remember(envelope);
    let message: proto.IMessage | null;
    try {
      message = this.#user.phone.open(envelope);
    } catch (error) {
      if (!(error instanceof SignalError)) throw error;
      this.#refuse(envelope, error);
      return;
    }
    this.#retries.delete(envelope.id);
    if (!message) return;
    const isOwnCopy = envelope.sender.number === this.#user.number;
    const content = message.deviceSentMessage?.message ?? message;
    if (isVisible(content))
      this.#show(envelope, content, message.deviceSentMessage?.destinationJid);
    if (this.habits.deliveryReceipts && !isOwnCopy) this.receipt(envelope.id);
  }

  /** Sends a receipt for a message that came here; false when none did under this id. */
  receipt(id: string, type?: "played" | "read"): boolean {
    const origin = this.#origins.get(id);
    if (!origin) return false;
    postReceipt(this.#network, origin.companion, {
      id,
      ...this.#from(origin),
      ...(type === undefined ? {} : { type }),
    });
    return true;
  }

  /** Asks for a message again, whether it was readable or not. */
  askRetry(id: string): boolean {
    const origin = this.#origins.get(id);
    if (!origin) return false;
    const count = (this.#retries.get(id) ?? 0) + 1;
    this.#retries.set(id, count);
    postReceipt(this.#network, origin.companion, {
      id,
      ...this.#from(origin),
      type: "retry",
      content: retryContent(id, count, this.#user.phone.identity.registrationId),
    });
    return true;
  }

  #show(envelope: Envelope, content: proto.IMessage, destination?: string | null): void {
    const from = envelope.sender.number;
    const chat = this.#network.directory.chatOf(destination ?? envelope.group ?? from);
    const shown: ReceivedMessage = this.#user.phone.inbox.show({
      id: envelope.id,
      from,
      chat,
      ...describeMessage(content),
    });
    if (from === this.#user.number) return;
    const { id, text, duplicates } = shown;
    this.#network.events.emit("message", { peer: this.#user.number, from, id, text, duplicates });
  }

  #refuse({ id, sender }: Envelope, { reason }: SignalError): void {
    const from = sender.number;
    this.#user.phone.failures.push({ id, from, reason, at: Date.now() });
    this.#network.logger.warn({ peer: this.#user.number, from, id, reason }, "cannot decrypt");
    this.#network.events.emit("decryptionFailure", { peer: this.#user.number, from, id, reason });
    // What was read before needs no second copy: phones ignore it too.
    if (!this.habits.retryReceipts || reason === "replayed_counter") return;
    if ((this.#retries.get(id) ?? 0) < MAX_AUTOMATIC_RETRIES) this.askRetry(id);
  }

  #from({ to, group }: Origin): { from: string; participant?: string } {
    return group === null ? { from: to } : { from: group, participant: to };
  }

  #remember({ id, sender, to, group }: Envelope): void {
    this.#origins.set(id, { companion: sender, to, group });
    if (this.#origins.size <= REMEMBERED_ORIGINS) return;
    for (const oldest of this.#origins.keys()) {
      this.#origins.delete(oldest);
      this.#retries.delete(oldest);
      return;
    }
  }
}
