import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import {
  type Capabilities,
  defineProvider,
  OPERATION_NAMES,
  OrquestaError,
  type OutboxMessage,
  type Provider,
  type Sent,
  type Session,
  type SessionContext,
} from "../index.ts";
import { FakeAccount } from "./fake/fake-account.ts";
import { fakeContact } from "./fake/fake-contact.ts";
import { FakePeer } from "./fake/fake-peer.ts";
import { FakeSession, type FakeSessionHost } from "./fake-session.ts";

export interface FakePlatformOptions {
  readonly capabilities?: Partial<Capabilities>;
  /** Whether a session connects by itself, as one that is paired does. @default true */
  readonly connects?: boolean;
}

/** A message that an account handed to the fake platform. */
export interface FakeDelivery {
  readonly instanceId: string;
  readonly message: OutboxMessage;
}

const CAPABILITIES: Capabilities = {
  outgoing: [
    "text",
    "image",
    "video",
    "audio",
    "voice",
    "document",
    "sticker",
    "location",
    "contacts",
    "poll",
    "reaction",
    "edit",
    "delete",
    "forward",
    "album",
    "status",
  ],
  incoming: [
    "text",
    "image",
    "video",
    "audio",
    "voice",
    "document",
    "sticker",
    "location",
    "contacts",
    "poll",
  ],
  events: [
    "message.edited",
    "message.deleted",
    "message.reacted",
    "poll.voted",
    "call.received",
    "call.ended",
    "group.changed",
    "presence.changed",
  ],
  operations: OPERATION_NAMES,
  menus: "numbered",
  limits: { textLength: 65_536, captionLength: 1024, mediaBytes: 64 * 1024 * 1024 },
  push: false,
  pairing: ["qr", "code"],
  inbound: "at_least_once",
  resend: "same_id",
  maxSilenceMs: 60_000,
  portable: true,
};

/**
 * A messaging platform in memory, to test bots and servers with no phone and no network. It takes every
 * part of the provider contract literally: what is not committed is not acknowledged.
 */
export class FakePlatform {
  readonly provider: Provider<"fake", { readonly token?: string }>;
  /**
   * What arrived, in order. With `resend: "same_id"` a repeat of a message id is not shown twice, as on
   * a phone; with `"ambiguous"` the platform chooses the ids and every repeat is shown.
   */
  readonly delivered: FakeDelivery[] = [];
  /** Instances that were told to unlink. */
  readonly loggedOut: string[] = [];
  /** Asked before each send: throw to refuse it. */
  beforeSend: (delivery: FakeDelivery, signal: AbortSignal) => Promise<void> | void = () => {};
  /** Asked after a message has arrived: throw to lose the platform's answer. */
  afterSend: (delivery: FakeDelivery, signal: AbortSignal) => Promise<void> | void = () => {};
  /** How a medium that came in is given: replace it to disturb that. */
  openMedia: (bytes: Uint8Array) => Readable | Promise<Readable> = (bytes) =>
    Readable.from([bytes]);
  /** Asked before a pairing code is given: throw to refuse it. */
  beforePairingCode: (session: FakeSession, phone: string) => Promise<void> | void = () => {};
  /** Asked while a session opens, before it connects: throw or wait to disturb it. */
  whileOpening: (session: FakeSession) => Promise<void> | void = () => {};
  /** Asked while a session closes: throw or wait to disturb it. */
  whileClosing: (session: FakeSession) => Promise<void> | void = () => {};
  /** Whether sessions take changed settings over while they are open. */
  appliesSettings = true;
  readonly #accounts = new Map<string, FakeAccount>();
  readonly #sessions = new Map<string, FakeSession>();
  readonly #shown = new Set<string>();
  readonly #connects: boolean;

  constructor({ capabilities = {}, connects = true }: FakePlatformOptions = {}) {
    this.#connects = connects;
    this.provider = defineProvider({
      id: "fake",
      capabilities: { ...CAPABILITIES, ...capabilities },
      parseSettings: parseFakeSettings,
      parseChatId: parseFakeChatId,
      createMessageId: () => randomUUID(),
      open: async (context) => this.#open(context),
    });
  }

  /** The live session of an instance. @throws INSTANCE_NOT_RUNNING when there is none */
  session(instanceId: string): FakeSession {
    const session = this.#sessions.get(instanceId);
    if (session) return session;
    throw new OrquestaError("INSTANCE_NOT_RUNNING", "the fake platform has no such session");
  }

  /** What the platform knows of the account of an instance. */
  account(instanceId: string): FakeAccount {
    const known = this.#accounts.get(instanceId);
    if (known) return known;
    const account = new FakeAccount(fakeContact("5511999990000", "Support"));
    this.#accounts.set(instanceId, account);
    return account;
  }

  /** Somebody who writes to the account of an instance. */
  peer(instanceId: () => string, chatId = "5511988887777"): FakePeer {
    return new FakePeer(
      chatId,
      () => this.session(instanceId()),
      () => this.account(instanceId()),
    );
  }

  hasSession(instanceId: string): boolean {
    return this.#sessions.has(instanceId);
  }

  get sessions(): readonly FakeSession[] {
    return [...this.#sessions.values()];
  }

  async #deliver(delivery: FakeDelivery, signal: AbortSignal): Promise<Sent> {
    await this.beforeSend(delivery, signal);
    const { messageId } = delivery.message;
    const place = `${delivery.instanceId}/${messageId}`;
    const sameId = this.provider.capabilities.resend === "same_id";
    const isNew = !sameId || !this.#shown.has(place);
    if (isNew) this.delivered.push(delivery);
    this.#shown.add(place);
    const id = sameId ? messageId : `fake-${this.delivered.length}`;
    const { media } = this.session(delivery.instanceId).context;
    if (isNew) await this.account(delivery.instanceId).take(delivery.message, id, media);
    await this.afterSend(delivery, signal);
    return { messageId: id };
  }

  #forget(session: FakeSession): void {
    if (this.#sessions.get(session.instanceId) === session) {
      this.#sessions.delete(session.instanceId);
    }
  }

  async #open(context: SessionContext<unknown>): Promise<Session> {
    const host: FakeSessionHost = {
      account: this.account(context.instanceId),
      operations: this.provider.capabilities.operations,
      appliesSettings: this.appliesSettings,
      deliver: (delivery, signal) => this.#deliver(delivery, signal),
      ended: (ended) => this.#forget(ended),
      pairsByCode: this.provider.capabilities.pairing.includes("code"),
      openMedia: async (bytes) => await this.openMedia(bytes),
      beforePairingCode: async (asked, phone) => await this.beforePairingCode(asked, phone),
      closing: async (closing, logout) => {
        this.#forget(closing);
        if (logout) this.loggedOut.push(closing.instanceId);
        await this.whileClosing(closing);
      },
    };
    const session = new FakeSession(host, context);
    await this.whileOpening(session);
    this.#sessions.set(context.instanceId, session);
    if (this.#connects) session.connect();
    return session;
  }
}

function parseFakeSettings(input: unknown): { readonly token?: string } {
  if (typeof input !== "object" || input === null) {
    throw new OrquestaError("VALIDATION_FAILED", "settings have to be an object");
  }
  if (!("token" in input)) return {};
  if (typeof input.token === "string") return { token: input.token };
  throw new OrquestaError("VALIDATION_FAILED", "settings.token has to be a string");
}

function parseFakeChatId(input: string): string {
  const digits = input.replace(/^\+/, "");
  if (input === "status@broadcast") return input;
  if (/^\d{5,20}$/.test(digits)) return digits;
  throw new OrquestaError("VALIDATION_FAILED", "a chat id of the fake platform is 5 to 20 digits");
}
