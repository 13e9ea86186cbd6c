import { FakeWhatsAppError } from "../fake-whatsapp-error.ts";
import type { PageFaults } from "./protocol.ts";
import { Actions } from "./service/actions.ts";
import { notify } from "./service/group-handlers.ts";
import { servePage } from "./service/page-connection.ts";
import type { Addressing } from "./service/person.ts";
import { WebGroup } from "./service/web-group.ts";
import { WebNetwork } from "./service/web-network.ts";
import { WebServer } from "./service/web-server.ts";
import { WebPhone } from "./web-phone.ts";

export interface FakeWhatsAppWebOptions {
  /** What people are known by in chats: WhatsApp is moving from phone numbers to LIDs. @default "phone" */
  readonly addressing?: Addressing;
}

/** How Chromium is started so that it meets this WhatsApp, and nobody else. */
export interface WebLaunch {
  readonly args: readonly string[];
  /** Option of puppeteer. */
  readonly acceptInsecureCerts: true;
  /** Option of whatsapp-web.js. */
  readonly webVersionCache: { readonly type: "none" };
}

/**
 * A stand-in for web.whatsapp.com: a page that the unmodified whatsapp-web.js drives in a real
 * Chromium, and the service behind it. What a page knows it keeps in its browser profile, so that a
 * restart needs no new pairing. It refuses what the real one refuses.
 */
export class FakeWhatsAppWeb {
  readonly #network: WebNetwork;
  readonly #actions: Actions;
  readonly #server: WebServer;
  readonly #phones = new Map<string, WebPhone>();
  readonly #closed = new AbortController();
  #faults: PageFaults = {};
  #port: number | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: FakeWhatsAppWebOptions = {}) {
    this.#network = new WebNetwork(options.addressing ?? "phone");
    this.#actions = new Actions(this.#network);
    this.#server = new WebServer(this.#network, (socket) =>
      servePage(socket, this.#network, this.#actions, (id) => {
        const device = this.#network.device(id);
        device.faults = this.#faults;
        return device;
      }),
    );
  }

  static async start(options: FakeWhatsAppWebOptions = {}): Promise<FakeWhatsAppWeb> {
    const whatsapp = new FakeWhatsAppWeb(options);
    await whatsapp.start();
    return whatsapp;
  }

  /** Takes a port of this machine. */
  async start(): Promise<void> {
    this.#port ??= await this.#server.listen();
  }

  get launch(): WebLaunch {
    if (this.#port === null) throw closedError();
    return {
      args: [
        `--host-resolver-rules=MAP web.whatsapp.com:443 127.0.0.1:${this.#port} , MAP * ~NOTFOUND , EXCLUDE 127.0.0.1`,
        // A page that is told to crash runs out of memory: of this much.
        "--js-flags=--max-old-space-size=512",
      ],
      acceptInsecureCerts: true,
      webVersionCache: { type: "none" },
    };
  }

  /** The phone with this number; a new one gets the name. */
  phone(number: string, name = `Person ${number}`): WebPhone {
    const known = this.#phones.get(number);
    if (known) return known;
    const phone = new WebPhone(this.#network.addPerson(number, name), {
      network: this.#network,
      actions: this.#actions,
      closed: this.#closed.signal,
    });
    this.#phones.set(number, phone);
    return phone;
  }

  /** @returns the id of the group; the owner is its admin */
  createGroup(subject: string, owner: string, members: readonly string[]): string {
    const people = [owner, ...members].map((number) => {
      const person = this.#network.people.get(number);
      if (person) return person;
      throw new FakeWhatsAppError("UNKNOWN_ACCOUNT", `nobody has the number ${number}`);
    });
    const [first] = people;
    if (!first) throw new FakeWhatsAppError("UNKNOWN_ACCOUNT", "a group needs an owner");
    const group = new WebGroup(subject, first);
    for (const person of people.slice(1)) group.members.set(person, "member");
    this.#network.groups.set(group.id, group);
    notify(this.#network, group, first, { subtype: "create", body: subject });
    return group.id;
  }

  /** How pages misbehave that are opened from now on, until called with {}. */
  troubleNextPages(faults: PageFaults): void {
    this.#faults = faults;
  }

  /** New QR codes on all pages that wait to be linked; the former ones are dead. */
  renewQrCodes(): void {
    for (const device of this.#network.devices.values()) {
      if (!device.account) device.renewRef();
    }
  }

  /** Forgets the bytes of all media, as the real one does after some weeks. */
  expireMedia(): void {
    this.#network.media.clear();
  }

  /** How long ago it was written, from now on: edits and deletions come too late. */
  age(messageId: string, ms: number): void {
    this.#network.age(messageId, ms);
  }

  /** Ends all lines and frees the port. Can be called more than once. */
  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #shutDown(): Promise<void> {
    this.#closed.abort(closedError());
    if (this.#port !== null) await this.#server.close();
  }
}

function closedError(): FakeWhatsAppError {
  return new FakeWhatsAppError("SERVER_CLOSED", "the fake WhatsApp is not running");
}
