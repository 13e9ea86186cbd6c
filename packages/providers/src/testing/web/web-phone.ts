import { randomBytes, randomUUID } from "node:crypto";
import { untilClosed, type WaitOptions, withDeadline } from "../deadline.ts";
import { FakeWhatsAppError } from "../fake-whatsapp-error.ts";
import type { Attributes, ChatMarks, PersonOnWire } from "./protocol.ts";
import type { Actions } from "./service/actions.ts";
import type { Chat, Written } from "./service/conversation.ts";
import { addMember, applyChange, notify, removeMember } from "./service/group-handlers.ts";
import { linkByCode, linkByQr } from "./service/linking.ts";
import { marksOf, onWire, type Person } from "./service/person.ts";
import type { WebDevice } from "./service/web-device.ts";
import type { WebGroup } from "./service/web-group.ts";
import type { Happening, WebNetwork } from "./service/web-network.ts";
import { WebPage } from "./web-page.ts";

export interface PhoneServices {
  readonly network: WebNetwork;
  readonly actions: Actions;
  readonly closed: AbortSignal;
}

/** What a message carries besides its text, named as WhatsApp Web's own model names it. */
export interface PhoneSendOptions {
  /** Id of the message that this one quotes. */
  readonly quote?: string;
  /** Numbers of those that it names. */
  readonly mentions?: readonly string[];
  readonly attributes?: Attributes;
}

export interface PhoneMedia {
  readonly type: "image" | "video" | "audio" | "ptt" | "document" | "sticker";
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  readonly caption?: string;
  readonly fileName?: string;
}

/** Somebody's phone: the account's own, which links devices, or that of anybody who writes to it. */
export class WebPhone {
  /** What phones do by themselves. */
  readonly habits = { delivers: true };
  readonly #person: Person;
  readonly #services: PhoneServices;
  readonly #happened: Happening[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(person: Person, services: PhoneServices) {
    this.#person = person;
    this.#services = services;
    services.network.watch(person, (happening) => this.#show(happening));
  }

  get number(): string {
    return this.#person.number;
  }

  get address(): PersonOnWire {
    return onWire(this.#person);
  }

  /** The pages that are linked to this account. */
  get pages(): readonly WebPage[] {
    return this.#devices.map((device) => new WebPage(device));
  }

  /** Everything that the phone was shown, oldest first: its own messages too. */
  get happened(): readonly Happening[] {
    return this.#happened;
  }

  /** What others wrote to it. */
  get received(): readonly Written[] {
    return this.#happened.flatMap((one) =>
      one.kind === "message" && one.message.sender !== this.#person ? [one.message] : [],
    );
  }

  /** Links the page that shows this QR code. */
  scan(qr: string): void {
    linkByQr(this.#services.network, this.#person, qr);
  }

  /** Links the page that shows this code for this phone. */
  enterCode(code: string): void {
    linkByCode(this.#services.network, this.#person, code);
  }

  /** Logs all linked pages out. */
  unlink(): void {
    for (const device of this.#devices) {
      device.signal("unpaired", {});
      device.unlink();
    }
  }

  /** @param to a number, or the id of a group */
  send(to: string, text: string, options: PhoneSendOptions = {}): Written {
    return this.sendMessage(to, { type: "chat", body: text }, options);
  }

  sendMedia(to: string, media: PhoneMedia, options: PhoneSendOptions = {}): Written {
    const directPath = `/media/${randomUUID()}`;
    this.#services.network.media.set(directPath, media);
    const attributes = {
      type: media.type,
      mimetype: media.mimeType,
      size: media.bytes.length,
      directPath,
      mediaKey: randomBytes(32).toString("base64"),
      ...(media.caption !== undefined && { caption: media.caption }),
      ...(media.fileName !== undefined && { filename: media.fileName }),
    };
    return this.sendMessage(to, attributes, options);
  }

  /** Writes a message of any kind. */
  sendMessage(to: string, content: Attributes, options: PhoneSendOptions = {}): Written {
    const { network } = this.#services;
    const mentions = options.mentions?.map((number) => network.addressOf(this.#other(number)));
    const attributes = {
      ...content,
      ...(mentions && { mentionedJidList: mentions }),
      ...this.#quoting(options.quote),
      ...options.attributes,
    };
    return network.write(this.#chat(to), this.#person, attributes);
  }

  /** @param emoji empty: takes the reaction back */
  react(id: string, emoji: string): void {
    this.#services.actions.react(this.#message(id), this.#person, emoji);
  }

  edit(id: string, text: string): void {
    this.#services.actions.edit(this.#message(id), this.#person, text);
  }

  delete(id: string): void {
    this.#services.actions.revoke(this.#message(id), this.#person);
  }

  /** @param options all that are chosen now */
  vote(id: string, options: readonly string[]): void {
    this.#services.actions.vote(this.#message(id), this.#person, options);
  }

  /** @param ack 2: delivered, 3: read, 4: played, -1: failed */
  acknowledge(id: string, ack: -1 | 2 | 3 | 4): void {
    this.#services.actions.acknowledge(this.#message(id), ack);
  }

  /** @param picture a JPEG; null takes it away */
  setPicture(picture: Uint8Array | null): void {
    this.#person.picture = picture && this.#services.network.addPicture(picture);
  }

  /** What it has marked its chat with somebody with, here or on a page. */
  marksOf(number: string): ChatMarks {
    return marksOf(this.#person, this.#services.network.addressOf(this.#other(number)));
  }

  /** The bytes of a medium that it was shown; null when it is none. */
  download({ attributes }: Written): Uint8Array | null {
    const path = String(attributes["directPath"]);
    return this.#services.network.media.get(path)?.bytes ?? null;
  }

  /** Rings. @returns the id of the call */
  call(number: string, options: { readonly video?: boolean } = {}): string {
    const { network } = this.#services;
    const id = randomBytes(16).toString("hex").toUpperCase();
    const call = { id, peer: network.addressOf(this.#person), video: options.video ?? false };
    for (const device of network.devicesOf(this.#other(number))) device.signal("call", call);
    return id;
  }

  addToGroup(id: string, number: string): void {
    const { network } = this.#services;
    addMember(network, this.#group(id), this.#other(number), "add", this.#person);
  }

  removeFromGroup(id: string, number: string): void {
    const { network } = this.#services;
    const recipients = [network.addressOf(this.#other(number))];
    notify(network, this.#group(id), this.#person, { subtype: "remove", recipients });
    removeMember(network, this.#group(id), this.#other(number));
  }

  makeAdmin(id: string, number: string): void {
    const { network } = this.#services;
    const recipients = [network.addressOf(this.#other(number))];
    this.#group(id).members.set(this.#other(number), "admin");
    notify(network, this.#group(id), this.#person, { subtype: "promote", recipients });
  }

  /** What lets whoever opens it join. */
  inviteLink(id: string): string {
    return `https://chat.whatsapp.com/${this.#group(id).inviteCode}`;
  }

  /** Such as `{ subject }`, `{ desc }`, `{ announce }`, `{ restrict }`. */
  changeGroup(id: string, change: Attributes): void {
    applyChange(this.#services.network, this.#group(id), this.#person, change);
  }

  /** The first that it is shown, or was already, and that matches. */
  waitFor(
    matches: (happening: Happening) => boolean,
    options: WaitOptions = {},
  ): Promise<Happening> {
    const wait = untilClosed(options, this.#services.closed);
    return withDeadline(`what phone ${this.number} waits for`, wait, (resolve) => {
      const look = (): void => {
        const found = this.#happened.find(matches);
        if (found) resolve(found);
      };
      this.#waiting.add(look);
      look();
      return () => void this.#waiting.delete(look);
    });
  }

  /** The first message from somebody else with this text or caption. */
  async waitForText(text: string, options: WaitOptions = {}): Promise<Written> {
    const found = await this.waitFor(
      (one) =>
        one.kind === "message" &&
        one.message.sender !== this.#person &&
        [one.message.attributes["body"], one.message.attributes["caption"]].includes(text),
      options,
    );
    if (found.kind === "message") return found.message;
    throw new FakeWhatsAppError("UNKNOWN_MESSAGE", "it is no message");
  }

  get #devices(): WebDevice[] {
    return this.#services.network.devicesOf(this.#person);
  }

  #show(happening: Happening): void {
    this.#happened.push(happening);
    if (happening.kind === "message" && happening.message.sender !== this.#person) {
      const isShown = happening.message.attributes["type"] !== "gp2";
      // A phone that is also a linked account leaves the receipts to nobody: they are the phone's.
      if (this.habits.delivers && isShown) this.acknowledge(happening.message.id, 2);
    }
    for (const look of [...this.#waiting]) look();
  }

  #message(id: string): Written {
    return this.#services.network.message(id);
  }

  #other(number: string): Person {
    const person = this.#services.network.people.get(number);
    if (person) return person;
    throw new FakeWhatsAppError("UNKNOWN_ACCOUNT", `nobody has the number ${number}`);
  }

  #group(id: string): WebGroup {
    const group = this.#services.network.groups.get(id);
    if (group?.members.has(this.#person)) return group;
    throw new FakeWhatsAppError("UNKNOWN_GROUP", `${this.number} is in no group ${id}`);
  }

  #chat(to: string): Chat {
    if (to.endsWith("@g.us")) return { kind: "group", group: this.#group(to) };
    return { kind: "direct", people: [this.#person, this.#other(to)] };
  }

  #quoting(id: string | undefined): Attributes {
    if (id === undefined) return {};
    const { sender, attributes } = this.#message(id);
    return {
      quotedStanzaID: id,
      quotedParticipant: this.#services.network.addressOf(sender),
      quotedMsg: attributes,
    };
  }
}
