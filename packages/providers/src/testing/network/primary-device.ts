import type { proto } from "@whiskeysockets/baileys";
import { BoundedLog } from "../bounded-log.ts";
import { OwnSenderKey, SenderKeyring } from "../signal/sender-key.ts";
import { SignalError, type SignalFailure } from "../signal/signal-error.ts";
import { SignalIdentity } from "../signal/signal-identity.ts";
import { parsePrekeyWhisper } from "../signal/whisper-message.ts";
import { withType } from "../signal/x25519.ts";
import { verifyDeviceIdentity } from "./adv-identity.ts";
import type { Companion } from "./companion.ts";
import { Inbox } from "./inbox.ts";
import { decodeMessage } from "./message-content.ts";

export interface EncryptedPart {
  readonly type: string;
  readonly ciphertext: Uint8Array;
}

/** One stanza from an account's linked device, as it reaches one phone. */
export interface Envelope {
  readonly id: string;
  readonly sender: Companion;
  /** The account's identity key, as its contacts know it. */
  readonly accountKey: Uint8Array;
  /** The address it was written to: answers come from the same one. */
  readonly to: string;
  readonly group: string | null;
  readonly parts: readonly EncryptedPart[];
  readonly deviceIdentity: Uint8Array | null;
}

export interface DecryptionFailure {
  readonly id: string;
  readonly from: string;
  readonly reason: SignalFailure;
  readonly at: number;
}

/** Somebody's phone: device 0, with its keys, its sessions and what it shows. */
export class PrimaryDevice {
  readonly identity = new SignalIdentity();
  readonly inbox: Inbox;
  readonly failures: BoundedLog<DecryptionFailure>;
  readonly #senderKeys = new SenderKeyring();
  readonly #ownSenderKeys = new Map<string, { key: OwnSenderKey; readers: Set<string> }>();
  /** The last device identity that was found good, by sender: they are the same each time. */
  readonly #goodIdentities = new Map<string, Buffer>();

  constructor(historyLimit: number) {
    this.inbox = new Inbox(historyLimit);
    this.failures = new BoundedLog(historyLimit);
  }

  /** Decrypts what it can; throws a SignalError when any part is refused. */
  open(envelope: Envelope): proto.IMessage | null {
    let opened: proto.IMessage | null = null;
    for (const part of envelope.parts) {
      const message = decodeMessage(this.#decrypt(envelope, part));
      if (!message) throw new SignalError("malformed", "no padded protobuf inside");
      this.#learnSenderKey(message, envelope);
      opened = opened ? Object.assign(opened, message) : message;
    }
    return opened;
  }

  /** The sender key for a group, and which of the devices do not have it yet. */
  ownSenderKey(group: string): { key: OwnSenderKey; readers: Set<string> } {
    let entry = this.#ownSenderKeys.get(group);
    if (!entry) {
      entry = { key: new OwnSenderKey(), readers: new Set() };
      this.#ownSenderKeys.set(group, entry);
    }
    return entry;
  }

  #decrypt(envelope: Envelope, { type, ciphertext }: EncryptedPart): Buffer {
    const { sender, group } = envelope;
    if (type !== "skmsg") {
      if (type === "pkmsg") this.#checkIdentity(envelope, ciphertext);
      return this.identity.decrypt(sender.address, type, ciphertext);
    }
    if (group === null) throw new SignalError("malformed", "a sender key outside of a group");
    return this.#senderKeys.decrypt(group, sender.address, ciphertext);
  }

  #checkIdentity({ sender, accountKey, deviceIdentity }: Envelope, ciphertext: Uint8Array): void {
    const { identityKey } = sender.prekeys;
    if (!parsePrekeyWhisper(ciphertext).identityKey.equals(withType(identityKey))) {
      throw new SignalError("bad_device_identity", "not the identity key of the linked device");
    }
    if (!deviceIdentity) throw new SignalError("missing_device_identity");
    if (this.#goodIdentities.get(sender.address)?.equals(deviceIdentity)) return;
    if (!verifyDeviceIdentity(deviceIdentity, accountKey, identityKey)) {
      throw new SignalError("bad_device_identity", "its signatures do not hold");
    }
    this.#goodIdentities.set(sender.address, Buffer.from(deviceIdentity));
  }

  #learnSenderKey(message: proto.IMessage, { sender, group }: Envelope): void {
    const distribution = message.senderKeyDistributionMessage;
    const key = distribution?.axolotlSenderKeyDistributionMessage;
    if (group === null || !key) return;
    this.#senderKeys.learn(group, sender.address, key);
  }
}
