import type { proto } from "@whiskeysockets/baileys";
import { untilClosed, type WaitOptions } from "./deadline.ts";
import type { ChatLook } from "./network/accounts/app-state.ts";
import {
  type HistoryMessage,
  type HistoryOptions,
  sendHistory,
} from "./network/accounts/history.ts";
import type { CodePairing } from "./network/code-pairing.ts";
import type { ReceivedMessage } from "./network/inbox.ts";
import type { Linking } from "./network/linking.ts";
import { textMessage } from "./network/message-content.ts";
import type { Network } from "./network/network.ts";
import {
  newMessageId,
  prepareDirect,
  prepareGroup,
  prepareOwnCopy,
  pushAll,
} from "./network/outgoing-messages.ts";
import type { PairingDesk } from "./network/pairing-desk.ts";
import type { DecryptionFailure } from "./network/primary-device.ts";
import type { User } from "./network/user.ts";

interface PhoneServices {
  readonly network: Network;
  readonly desk: PairingDesk;
  readonly codes: CodePairing;
  readonly linking: Linking;
}

/** An account's phone: the one that scans QR codes and lists the linked devices. */
export class Phone {
  readonly #user: User;
  readonly #services: PhoneServices;

  constructor(user: User, services: PhoneServices) {
    this.#user = user;
    this.#services = services;
  }

  get number(): string {
    return this.#user.number;
  }

  get name(): string {
    return this.#user.name;
  }

  /** The device numbers of what is linked now. */
  get devices(): readonly number[] {
    return [...this.#user.companions.keys()];
  }

  /** The account's own messages, as its linked devices reported them to the phone. */
  get sent(): readonly ReceivedMessage[] {
    return this.#user.phone.inbox.messages.filter(({ from }) => from === this.number);
  }

  /** Reports from the account's own linked devices that the phone could not decrypt. */
  get decryptionFailures(): readonly DecryptionFailure[] {
    return this.#user.phone.failures.entries;
  }

  /** How its app shows a chat, as its linked devices have arranged it. */
  chat(id: string): Readonly<ChatLook> {
    return this.#user.appState.chat(id);
  }

  /** What linked devices wrote into the shared state of chats that does not verify. */
  get appStateFailures(): readonly string[] {
    return this.#user.appState.failures;
  }

  /** The name that a linked device has chosen; null: none has. */
  get pushName(): string | null {
    return this.#user.appState.pushName;
  }

  get about(): string | null {
    return this.#user.about;
  }

  get picture(): Uint8Array | null {
    return this.#user.picture;
  }

  /** Numbers that the account has blocked. */
  get blocked(): readonly string[] {
    return [...this.#user.blocked];
  }

  /** WhatsApp lets the account begin no chats from now on; those that it has go on. */
  restrictNewChats(isRestricted = true): void {
    this.#user.isRestricted = isRestricted;
  }

  /** Writes to somebody, or to a group, as its owner does by hand: the linked devices get a copy. */
  sendMessage(to: string, message: proto.IMessage | string): { id: string } {
    const { network } = this.#services;
    const content = typeof message === "string" ? textMessage(message) : message;
    const out = { sender: this.#user, id: newMessageId(), message: content };
    const group = network.directory.group(to);
    if (group) pushAll(prepareGroup(network, out, group));
    else {
      const receiver = network.directory.require(to);
      pushAll(prepareOwnCopy(network, out, receiver));
      if (receiver !== this.#user) pushAll(prepareDirect(network, out, receiver));
    }
    return { id: out.id };
  }

  /** Uploads messages from before, as phones do when a device is linked, and tells all that are. */
  sendHistory(
    messages: readonly HistoryMessage[],
    options: HistoryOptions = {},
  ): { readonly messageIds: readonly string[] } {
    return sendHistory(this.#services.network, this.#user, messages, options);
  }

  /** Scans the QR code that a client shows; resolves with the device number once it is linked. */
  async scan(qr: string, options: WaitOptions = {}): Promise<number> {
    const wait = untilClosed(options, this.#services.network.closed);
    return (await this.#services.desk.scan(this.#user, qr, wait)).device;
  }

  /** Types the pairing code that a client shows; it may show it in a moment only. */
  async enterCode(code: string, options: WaitOptions = {}): Promise<number> {
    const wait = untilClosed(options, this.#services.network.closed);
    return (await this.#services.codes.enter(this.#user, code, wait)).device;
  }

  /** Lets no new device in without the account's passkey, which no client of this fake can show. */
  demandPasskey(demands = true): void {
    this.#user.demandsPasskey = demands;
  }

  /** Removes a linked device, or all of them: the client is logged out with 401. */
  unlink(device?: number): void {
    for (const companion of [...this.#user.companions.values()]) {
      if (device === undefined || companion.device === device) {
        this.#services.linking.unlinkByPhone(companion);
      }
    }
  }
}
