import { setImmediate as nextTurn } from "node:timers/promises";
import type { proto } from "@whiskeysockets/baileys";
import { untilClosed, type WaitOptions } from "./deadline.ts";
import { FakeWhatsAppError } from "./fake-whatsapp-error.ts";
import { fetchMedium } from "./media/peer-media.ts";
import { type SealedMediaKind, sealMedia } from "./media/sealed-media.ts";
import { Call, type CallOptions } from "./network/accounts/calls.ts";
import { type PeerPresence, showPresence } from "./network/accounts/presence.ts";
import { Group } from "./network/group.ts";
import { answerGroups } from "./network/groups/group-desk.ts";
import type { ReceivedMessage } from "./network/inbox.ts";
import { type Quote, textMessage } from "./network/message-content.ts";
import {
  deleteMessage,
  editMessage,
  type MediaOptions,
  mediaMessage,
  type Poll,
  pollMessage,
  pollOf,
  reactionMessage,
  voteMessage,
} from "./network/message-kinds.ts";
import type { Network } from "./network/network.ts";
import {
  newMessageId,
  type PreparedMessage,
  prepareDirect,
  prepareGroup,
  pushAll,
} from "./network/outgoing-messages.ts";
import type { InboundHabits, PhoneInbound } from "./network/phone-inbound.ts";
import type { DecryptionFailure } from "./network/primary-device.ts";
import type { User } from "./network/user.ts";
import type { PeerProfile, PeerSendOptions, PreparedBatch } from "./peer-options.ts";
import { type Stanza, stanza } from "./wire/stanza.ts";

const ENCRYPT_PER_TURN = 50;

/** Somebody who writes to accounts, with a real Signal identity. */
export class Peer {
  readonly #network: Network;
  readonly #user: User;
  readonly #inbound: PhoneInbound;

  constructor(network: Network, user: User, inbound: PhoneInbound) {
    this.#network = network;
    this.#user = user;
    this.#inbound = inbound;
  }

  get number(): string {
    return this.#user.number;
  }

  get name(): string {
    return this.#user.name;
  }

  get jid(): string {
    return this.#user.jid;
  }

  get lid(): string {
    return this.#user.lid;
  }

  /** What this peer's WhatsApp shows: one entry per message, however often it came. */
  get received(): readonly ReceivedMessage[] {
    return this.#user.phone.inbox.messages;
  }

  /** What it could not decrypt, and why. */
  get decryptionFailures(): readonly DecryptionFailure[] {
    return this.#user.phone.failures.entries;
  }

  /** Switches for what phones do by themselves: delivery receipts and retry receipts. */
  get habits(): InboundHabits {
    return this.#inbound.habits;
  }

  /** Writes a text to an account's number or a group's JID. */
  async send(to: string, text: string, options: PeerSendOptions = {}): Promise<{ id: string }> {
    return this.sendMessage(to, textMessage(text, this.#context(to, options)), options);
  }

  /** Writes any protobuf message. */
  async sendMessage(
    to: string,
    message: proto.IMessage,
    options: Pick<PeerSendOptions, "id"> = {},
  ): Promise<{ id: string }> {
    const prepared = this.#prepare(to, message, options.id ?? newMessageId());
    pushAll(prepared);
    return { id: prepared.id };
  }

  /** Uploads a medium and writes the message that carries it. */
  async sendMedia(
    to: string,
    kind: SealedMediaKind,
    bytes: Uint8Array,
    options: MediaOptions & Pick<PeerSendOptions, "id"> = {},
  ): Promise<{ id: string }> {
    const { media, phoneMedia } = this.#network;
    const sealed = sealMedia(bytes, kind);
    const message = mediaMessage(kind, sealed, media.store(sealed.bytes), options);
    const sent = await this.sendMessage(to, message, options);
    phoneMedia.keep(sent.id, sealed);
    return sent;
  }

  /** The bytes of a medium that an account sent: fetched and decrypted as its phone would. */
  openMedia(id: string): Buffer {
    return fetchMedium(this.#network.media, this.#user.phone.inbox.find(id)?.content);
  }

  async sendPoll(
    to: string,
    question: string,
    options: readonly string[],
    { multiple = false }: { readonly multiple?: boolean } = {},
  ): Promise<Poll> {
    const { message, secret } = pollMessage(question, options, multiple);
    const { id } = await this.sendMessage(to, message);
    return { id, options, secret };
  }

  /** Votes in a poll of an account's by its id, or in somebody else's; no choice takes it back. */
  async vote(
    to: string,
    poll: Poll | string,
    choices: readonly string[],
    creator: string = to,
  ): Promise<{ id: string }> {
    const { inbox } = this.#user.phone;
    const known = typeof poll === "string" ? pollOf(poll, inbox.find(poll)?.content) : poll;
    if (known === null) {
      throw new FakeWhatsAppError("UNKNOWN_MESSAGE", `peer ${this.number} got no poll ${poll}`);
    }
    const author = this.#network.directory.require(inbox.find(known.id)?.from ?? creator);
    const addresses = this.#isLid(to)
      ? { creator: author.lid, voter: this.lid }
      : { creator: author.jid, voter: this.jid };
    return await this.sendMessage(
      to,
      voteMessage(known, this.#keyOf(to, known.id), choices, addresses),
    );
  }

  react(to: string, id: string, emoji: string | null): Promise<{ id: string }> {
    return this.sendMessage(to, reactionMessage(this.#keyOf(to, id), emoji));
  }

  edit(to: string, id: string, content: proto.IMessage | string): Promise<{ id: string }> {
    const edited = typeof content === "string" ? textMessage(content) : content;
    return this.sendMessage(to, editMessage(this.#keyOf(to, id), edited));
  }

  /** Takes a message away for everybody. */
  delete(to: string, id: string): Promise<{ id: string }> {
    return this.sendMessage(to, deleteMessage(this.#keyOf(to, id)));
  }

  /** Encrypts many texts first, to push them in a burst later. */
  async prepare(to: string, texts: readonly string[]): Promise<PreparedBatch> {
    const prepared: PreparedMessage[] = [];
    for (const text of texts) {
      prepared.push(this.#prepare(to, textMessage(text), newMessageId()));
      if (prepared.length % ENCRYPT_PER_TURN === 0) await nextTurn();
    }
    const ids = prepared.map(({ id }) => id);
    const push = (): void => {
      for (const one of prepared.splice(0)) pushAll(one);
    };
    return { ids, push };
  }

  /** Encrypts many texts and pushes them in a burst. */
  async sendBatch(to: string, texts: readonly string[]): Promise<{ ids: readonly string[] }> {
    const batch = await this.prepare(to, texts);
    batch.push();
    return { ids: batch.ids };
  }

  /** The first message shown, now or later, that matches. */
  waitFor(
    matches: (message: ReceivedMessage) => boolean,
    options: WaitOptions = {},
  ): Promise<ReceivedMessage> {
    const wait = untilClosed(options, this.#network.closed);
    return this.#user.phone.inbox.waitFor(`a message to peer ${this.number}`, matches, wait);
  }

  markDelivered(id: string): void {
    this.#known(id, this.#inbound.receipt(id));
  }

  markRead(id: string): void {
    this.#known(id, this.#inbound.receipt(id, "read"));
  }

  /** Claims that a message could not be read: the account has to send it again. */
  askRetry(id: string): void {
    this.#known(id, this.#inbound.askRetry(id));
  }

  /** Loses all sessions with an account, like a phone that was reinstalled from a backup. */
  forgetSessions(account: string): void {
    for (const { address } of this.#network.directory.require(account).companions.values()) {
      this.#user.phone.identity.forgetSessions(address);
    }
  }

  /** Posts a status update (a story) that an account gets to see. */
  postStatus(account: string, text: string): { id: string } {
    const viewers = new Group("status@broadcast", "", [this.number, account]);
    const out = { sender: this.#user, id: newMessageId(), message: textMessage(text) };
    pushAll(prepareGroup(this.#network, out, viewers));
    return { id: out.id };
  }

  /** Calls an account. */
  call(account: string, options: CallOptions = {}): Call {
    const call = new Call(this.#user, this.#network.directory.require(account), options);
    this.#network.calls.set(call.id, call);
    return call;
  }

  /** Shows an account what this peer is doing; in a group, with its JID. */
  showPresence(account: string, presence: PeerPresence, group?: string): void {
    const companions = this.#network.directory.require(account).companions.values();
    showPresence(this.#user, companions, presence, group ?? null);
  }

  /** What others see of this peer. */
  set profile({ about, picture }: PeerProfile) {
    if (about !== undefined) this.#user.about = about;
    if (picture !== undefined) this.#user.picture = picture;
  }

  /** Lets nobody put this peer into a group. */
  refuseGroups(refuses = true): void {
    this.#user.isAddable = !refuses;
  }

  /** Does to a group what `<tag>` says, as its app would; null when it was done, else the refusal. */
  changeGroup(group: string, change: Stanza): string | null {
    const iq = stanza("iq", { type: "set", xmlns: "w:g2", to: group }, [change]);
    const answer = answerGroups(this.#network, this.#user, iq);
    return "error" in answer ? answer.error.code : null;
  }

  #prepare(to: string, message: proto.IMessage, id: string): PreparedMessage {
    const out = { sender: this.#user, id, message };
    if (!to.endsWith("@g.us")) {
      return prepareDirect(this.#network, out, this.#network.directory.require(to));
    }
    const group = this.#network.directory.group(to);
    if (!group?.has(this.number)) {
      throw new FakeWhatsAppError("UNKNOWN_GROUP", `${this.number} is in no group ${to}`);
    }
    return prepareGroup(this.#network, out, group);
  }

  /** What it did not receive, it wrote itself. */
  #keyOf(to: string, id: string): proto.IMessageKey {
    const { directory } = this.#network;
    const from = this.#user.phone.inbox.find(id)?.from;
    if (to.endsWith("@g.us")) {
      const author = from === undefined ? this.lid : directory.require(from).lid;
      return { remoteJid: to, id, fromMe: from === undefined, participant: author };
    }
    return { remoteJid: directory.require(to).jid, id, fromMe: from === undefined };
  }

  #quote(to: string, id: string): Quote {
    const quoted = this.#user.phone.inbox.find(id);
    const author = quoted?.from ?? (to.endsWith("@g.us") ? this.number : to);
    const participant = this.#network.directory.require(author).jid;
    return { id, participant, text: quoted?.text ?? "" };
  }

  #context(to: string, { quote, mentions = [], forwarded = false }: PeerSendOptions) {
    const named = mentions.map((number) => this.#network.directory.require(number));
    const jids = named.map(({ lid, jid }) => (this.#isLid(to) ? lid : jid));
    const quoted = quote === undefined ? null : this.#quote(to, quote);
    return { quote: quoted, mentions: jids, forwarded };
  }

  #isLid(to: string): boolean {
    return to.endsWith("@g.us") || this.#network.settings.addressing === "lid";
  }

  #known(id: string, found: boolean): void {
    if (found) return;
    throw new FakeWhatsAppError("UNKNOWN_MESSAGE", `peer ${this.number} got no message ${id}`);
  }
}
