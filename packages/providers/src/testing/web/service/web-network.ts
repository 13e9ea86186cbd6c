import { randomInt, randomUUID } from "node:crypto";
import { FakeWhatsAppError } from "../../fake-whatsapp-error.ts";
import type { Attributes, Deliveries, DeliveryName } from "../protocol.ts";
import { type Chat, copyFor, membersOf, newMessageId, type Written } from "./conversation.ts";
import {
  type Addressing,
  addressOf,
  lidAddress,
  onWire,
  type Person,
  phoneAddress,
} from "./person.ts";
import { WebDevice } from "./web-device.ts";
import type { WebGroup } from "./web-group.ts";

export interface StoredMedia {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
}

/** Something that a person did where others see it. */
export type Happening =
  | { readonly kind: "message"; readonly message: Written }
  | { readonly kind: "edited" | "revoked"; readonly message: Written; readonly by: Person }
  | {
      readonly kind: "reaction";
      readonly message: Written;
      readonly by: Person;
      readonly text: string;
    }
  | {
      readonly kind: "vote";
      readonly message: Written;
      readonly by: Person;
      readonly options: readonly string[];
    }
  | { readonly kind: "typing"; readonly by: Person; readonly state: string }
  | { readonly kind: "call_rejected"; readonly by: Person; readonly callId: string };

/** Everybody and everything that is on this WhatsApp. */
export class WebNetwork {
  readonly addressing: Addressing;
  readonly people = new Map<string, Person>();
  readonly groups = new Map<string, WebGroup>();
  readonly devices = new Map<string, WebDevice>();
  readonly media = new Map<string, StoredMedia>();
  readonly pictures = new Map<string, StoredMedia>();
  readonly messages = new Map<string, Written>();
  readonly #watchers = new Map<Person, (happening: Happening) => void>();

  constructor(addressing: Addressing) {
    this.addressing = addressing;
  }

  addPerson(number: string, name: string): Person {
    if (!/^\d{6,15}$/.test(number)) {
      throw new FakeWhatsAppError("BAD_NUMBER", "a number is 6 to 15 digits with the country code");
    }
    const lid = String(randomInt(1e14, 2e14));
    const person: Person = {
      number,
      lid,
      name,
      about: "",
      picture: null,
      marks: new Map(),
      blocked: new Set(),
    };
    this.people.set(number, person);
    for (const device of this.devices.values()) device.deliver("person", onWire(person));
    return person;
  }

  /** @returns its path, which nobody can guess */
  addPicture(bytes: Uint8Array): string {
    const path = `/picture/${randomUUID()}`;
    this.pictures.set(path, { bytes, mimeType: "image/jpeg" });
    return path;
  }

  /** What the person's phone shows. */
  watch(person: Person, watcher: (happening: Happening) => void): void {
    this.#watchers.set(person, watcher);
  }

  find(address: string): Person | null {
    for (const person of this.people.values()) {
      if (address === phoneAddress(person) || address === lidAddress(person)) return person;
    }
    return null;
  }

  devicesOf(person: Person): WebDevice[] {
    return [...this.devices.values()].filter(({ account }) => account === person);
  }

  device(id: string): WebDevice {
    const known = this.devices.get(id) ?? new WebDevice(id);
    this.devices.set(id, known);
    return known;
  }

  /** @param except the device that it was written on, which has it already */
  write(
    chat: Chat,
    sender: Person,
    attributes: Attributes,
    options: { readonly id?: string; readonly except?: WebDevice } = {},
  ): Written {
    const message: Written = {
      id: options.id ?? newMessageId(),
      chat,
      sender,
      t: Math.floor(Date.now() / 1000),
      attributes,
      isRevoked: false,
      isSeen: false,
    };
    this.messages.set(message.id, message);
    for (const member of membersOf(chat)) {
      if (member.blocked.has(sender.number)) continue;
      for (const device of this.devicesOf(member)) {
        if (device === options.except) continue;
        device.deliver("message", copyFor(message, member, this.addressing));
      }
      this.tell(member, { kind: "message", message });
    }
    return message;
  }

  /** @throws FakeWhatsAppError */
  message(id: string): Written {
    const message = this.messages.get(id);
    if (message) return message;
    throw new FakeWhatsAppError("UNKNOWN_MESSAGE", `nobody wrote a message ${id}`);
  }

  age(id: string, ms: number): void {
    this.message(id).t -= Math.ceil(ms / 1000);
  }

  /** Tells it to the devices of everybody in the chat. */
  spread<Name extends DeliveryName>(
    message: Written,
    name: Name,
    data: Deliveries[Name],
    except?: WebDevice,
  ): void {
    for (const member of membersOf(message.chat)) {
      for (const device of this.devicesOf(member)) {
        if (device !== except) device.deliver(name, data);
      }
    }
  }

  tell(person: Person, happening: Happening): void {
    this.#watchers.get(person)?.(happening);
  }

  tellAll(message: Written, happening: Happening): void {
    for (const member of membersOf(message.chat)) this.tell(member, happening);
  }

  addressOf(person: Person): string {
    return addressOf(person, this.addressing);
  }
}
