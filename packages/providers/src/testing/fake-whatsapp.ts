import { FakeWhatsAppError } from "./fake-whatsapp-error.ts";
import type { FakeWhatsAppOptions } from "./fake-whatsapp-options.ts";
import { MediaHost } from "./media/media-host.ts";
import { PhoneMedia } from "./media/phone-media.ts";
import { PictureShelf } from "./network/accounts/picture-shelf.ts";
import { ClientSession, type SessionServices } from "./network/client-session.ts";
import { CodePairing } from "./network/code-pairing.ts";
import type {
  Companion,
  CompanionDelivery,
  NackRecord,
  ReceiptRecord,
  RetryRecord,
} from "./network/companion.ts";
import { Directory } from "./network/directory.ts";
import type { Group } from "./network/group.ts";
import { Linking } from "./network/linking.ts";
import { LinkingRules } from "./network/linking-rules.ts";
import { LoginFaults } from "./network/login-faults.ts";
import { MessagesFromAccounts } from "./network/messages-from-accounts.ts";
import type { FakeWhatsAppLogger, Network } from "./network/network.ts";
import { PairingDesk } from "./network/pairing-desk.ts";
import { Phones } from "./network/phones.ts";
import { ReceiptsFromAccounts } from "./network/receipts-from-accounts.ts";
import { ServerEvents } from "./network/server-events.ts";
import { Peer } from "./peer.ts";
import { Phone } from "./phone.ts";
import { X25519KeyPair } from "./signal/x25519.ts";
import { WebSocketDoor } from "./websocket-door.ts";
import {
  createServerCertificate,
  type ForgedCertificate,
  type ServerCertificate,
} from "./wire/certificate-chain.ts";
import { Connection } from "./wire/connection.ts";
import { stanza } from "./wire/stanza.ts";

/** `"device_removed"` is 401 as WhatsApp also says it: with a conflict and no code. */
export type StreamErrorCode = 401 | 440 | 503 | 515 | "device_removed";

/** Where the server stops answering: a WebSocket upgrade, or the first words on one. */
export type HangingPoint = "upgrade" | "hello";

/** A message that waits for an account: its id and where it comes from, never what it says. */
export interface PendingDelivery {
  readonly id: string;
  readonly from: string;
  readonly device: number;
}

const SILENT: FakeWhatsAppLogger = { debug: () => undefined, warn: () => undefined };

/**
 * A WhatsApp server on this machine, for tests without the real one. Clients connect to `url`
 * over a real WebSocket with Noise and Signal encryption; what WhatsApp refuses is refused.
 */
export class FakeWhatsApp implements AsyncDisposable {
  readonly events: ServerEvents;
  /** What it demands of clients that want in. */
  readonly linkingRules: LinkingRules = new LinkingRules();
  /** Where encrypted media are uploaded to and fetched from. */
  readonly media: MediaHost = new MediaHost();
  /** What the phones keep when the hosts have forgotten it. */
  readonly phoneMedia: PhoneMedia = new PhoneMedia(this.media);
  readonly #root = X25519KeyPair.generate();
  readonly #honest = createServerCertificate(this.#root);
  #shown: ServerCertificate = this.#honest;
  #isMute = false;
  readonly #network: Network;
  readonly #services: SessionServices;
  readonly #phoneSides: Phones;
  readonly #phones = new Map<string, Phone>();
  readonly #peers = new Map<string, Peer>();
  readonly #closed = new AbortController();
  #door: WebSocketDoor | null = null;
  #closing: Promise<void> | null = null;

  private constructor(options: FakeWhatsAppOptions) {
    const settings = {
      addressing: options.addressing ?? "pn",
      historyLimit: options.historyLimit ?? 100_000,
      offlineBatchSize: options.offlineBatchSize ?? 100,
      offlineBatchTimeoutMs: options.offlineBatchTimeoutMs ?? 1_000,
    };
    this.events = new ServerEvents();
    const directory = new Directory(settings.historyLimit);
    const logger = options.logger ?? SILENT;
    const closed = this.#closed.signal;
    const mediaHostname = () => this.#open().host;
    const network = {
      directory,
      events: this.events,
      settings,
      pictures: new PictureShelf(),
      calls: new Map<string, { isRejected: boolean }>(),
      logger,
      media: this.media,
      phoneMedia: this.phoneMedia,
      mediaHostname,
      closed,
    };
    const faults = new LoginFaults();
    const rules = this.linkingRules;
    const desk = new PairingDesk(network, faults, rules);
    this.#network = network;
    this.#phoneSides = new Phones(network);
    this.#services = {
      network,
      desk,
      codes: new CodePairing(desk, directory, rules),
      faults,
      linking: new Linking(network),
      rules,
      messages: new MessagesFromAccounts(network, this.#phoneSides),
      receipts: new ReceiptsFromAccounts(network),
    };
  }

  static async listen(options: FakeWhatsAppOptions = {}): Promise<FakeWhatsApp> {
    const whatsapp = new FakeWhatsApp(options);
    const host = options.host ?? "127.0.0.1";
    const { pictures } = whatsapp.#network;
    whatsapp.#door = await WebSocketDoor.open(
      host,
      options.port ?? 0,
      (socket, tcp) => {
        new Connection(
          socket,
          tcp,
          whatsapp.#shown,
          { isMute: whatsapp.#isMute },
          (connection) => new ClientSession(whatsapp.#services, connection),
        );
      },
      (request, response) =>
        pictures.handle(request, response) || whatsapp.media.handle(request, response),
    );
    pictures.base = new URL(whatsapp.url.replace(/^ws/, "http")).origin;
    return whatsapp;
  }

  /** Where clients connect to. */
  get url(): string {
    return this.#open().url;
  }

  /** The public key, in hex, of the root that signs the server's Noise certificate. */
  get rootKey(): string {
    return this.#honest.rootKey.toString("hex");
  }

  /** The phone of an account, created on first use. */
  phone(number: string, { name }: { readonly name?: string } = {}): Phone {
    const user = this.#network.directory.ensureUser(number, name);
    const phone = this.#phones.get(user.number) ?? new Phone(user, this.#services);
    this.#phones.set(user.number, phone);
    return phone;
  }

  /** Somebody who writes to accounts, created on first use. */
  peer(number: string, { name }: { readonly name?: string } = {}): Peer {
    const user = this.#network.directory.ensureUser(number, name);
    const peer =
      this.#peers.get(user.number) ?? new Peer(this.#network, user, this.#phoneSides.of(user));
    this.#peers.set(user.number, peer);
    return peer;
  }

  /** Creates a group of phone numbers; the first one is its creator. */
  group(subject: string, members: readonly [string, ...string[]]): Group {
    return this.#network.directory.createGroup(subject, members);
  }

  /** Resets the TCP connections of an account. */
  drop(number: string): void {
    for (const { link } of this.#companions(number)) link?.drop();
  }

  /** TCP connections that clients hold open. */
  get connections(): number {
    return this.#open().connections;
  }

  /** Ends the account's connections with a stream error. 401 also unlinks, as in WhatsApp. */
  streamError(number: string, code: StreamErrorCode): void {
    for (const companion of this.#companions(number)) {
      if (code === 401 || code === "device_removed")
        this.#services.linking.unlinkByPhone(companion, { saysCode: code === 401 });
      else if (code === 440)
        companion.link?.fail(undefined, stanza("conflict", { type: "replaced" }));
      else companion.link?.fail(code);
    }
  }

  /** Says stream error 503 to the account's clients, and then neither closes nor answers a close. */
  failAndLinger(number: string): void {
    for (const { link } of this.#companions(number)) link?.failAndLinger(503);
  }

  /** Lets the next logins (of anybody) fail with `<failure reason>`. */
  failNextLogins(count: number, reason = 503): void {
    this.#services.faults.order(count, reason);
  }

  /**
   * Answers WebSocket upgrades with an HTTP status, until called with null.
   * @param options retryAfter: value of the header, seconds or an HTTP date
   */
  refuseUpgrade(
    status: number | null,
    options: { readonly retryAfter?: number | string } = {},
  ): void {
    this.#open().refuse(status === null ? null : { status, ...options });
  }

  /** Takes connections and stops answering at this point, until called with null. */
  hangAt(point: HangingPoint | null): void {
    this.#open().hang(point === "upgrade");
    this.#isMute = point === "hello";
  }

  /** Shows new connections a chain in which this certificate is signed by somebody else; null: the honest one. */
  forgeCertificate(forged: ForgedCertificate | null): void {
    this.#shown = forged === null ? this.#honest : createServerCertificate(this.#root, forged);
  }

  /** Lets phones link devices with a signature that is not their account's. */
  forgeAccountSignatures(isForging: boolean): void {
    this.#services.faults.forgesAccountSignatures = isForging;
  }

  /** Makes the account's present connections half-dead; the function that is returned revives them. */
  stall(number: string): () => void {
    const revivals = this.#companions(number).map(({ link }) => link?.stall());
    return () => {
      for (const revive of revivals) revive?.();
    };
  }

  /** What the account has receipted, oldest first. */
  receipts(number: string): readonly ReceiptRecord[] {
    return this.#companions(number).flatMap(({ receipts }) => receipts.entries);
  }

  /** The retry receipts of the account: messages that it could not decrypt. */
  retries(number: string): readonly RetryRecord[] {
    return this.#companions(number).flatMap(({ retries }) => retries.entries);
  }

  /** The acks with an error: messages that the account has given up. */
  nacks(number: string): readonly NackRecord[] {
    return this.#companions(number).flatMap(({ nacks }) => nacks.entries);
  }

  /** The messages that are queued for the account and not receipted. */
  pending(number: string): readonly PendingDelivery[] {
    return this.#companions(number).flatMap(({ device, queue }) =>
      queue
        .pending()
        .filter(({ kind }: CompanionDelivery) => kind === "message")
        .map(({ id, from }: CompanionDelivery) => ({ id, from, device })),
    );
  }

  /** Whether one of the account's linked devices is logged in now. */
  isConnected(number: string): boolean {
    return this.#companions(number).some(({ link }) => link !== null);
  }

  /** Closes all connections and the port. Can be called more than once. */
  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #shutDown(): Promise<void> {
    this.#closed.abort(closedError());
    await this.#door?.close();
    for (const user of this.#network.directory.users) {
      for (const { queue } of user.companions.values()) queue.clear();
    }
  }

  #companions(number: string): readonly Companion[] {
    return [...this.#network.directory.require(number).companions.values()];
  }

  #open(): WebSocketDoor {
    if (this.#door && !this.#closing) return this.#door;
    throw closedError();
  }
}

function closedError(): FakeWhatsAppError {
  return new FakeWhatsAppError("SERVER_CLOSED", "the fake WhatsApp is closed");
}
