import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import {
  type Change,
  type Contact,
  type DurableEvent,
  type IncomingContent,
  type IncomingMessage,
  type MessageStatus,
  NO_EVIDENCE,
  OrquestaError,
  type OutboxMessage,
  type PairingCode,
  type PairingCodeOptions,
  type Quote,
  type Sent,
  type Session,
  type SessionChange,
  type SessionContext,
  type SessionEvidence,
  type SessionOperations,
} from "../index.ts";
import type { FakeAccount } from "./fake/fake-account.ts";
import { fakeContact } from "./fake/fake-contact.ts";
import { fakeOperations } from "./fake/fake-operations.ts";

/** What a fake session needs of its platform. */
export interface FakeSessionHost {
  readonly account: FakeAccount;
  /** Names of operations. */
  readonly operations: readonly string[];
  deliver(
    delivery: { readonly instanceId: string; readonly message: OutboxMessage },
    signal: AbortSignal,
  ): Promise<Sent>;
  ended(session: FakeSession): void;
  readonly pairsByCode: boolean;
  /** Whether sessions take changed settings over while they are open. */
  readonly appliesSettings: boolean;
  openMedia(bytes: Uint8Array): Promise<Readable>;
  beforePairingCode(session: FakeSession, phone: string): Promise<void>;
  closing(session: FakeSession, logout: boolean): Promise<void>;
}

export interface FakeReceiveOptions {
  readonly chatId?: string;
  readonly id?: string;
  readonly sender?: Contact;
  /** Makes the chat a group. */
  readonly group?: boolean;
  readonly quote?: Quote;
  readonly mentions?: readonly string[];
  readonly mentionsMe?: true;
  readonly forwarded?: true;
}

const DEFAULT_CHAT = "5511988887777";

/** The platform's end of one session: makes things happen to an instance. */
export class FakeSession implements Session {
  readonly instanceId: string;
  readonly context: SessionContext<unknown>;
  readonly native: unknown;
  readonly operations: SessionOperations;
  /** Settings that it took over while it was open, each time. */
  readonly applied: unknown[] = [];
  /** The phones that a code was asked for, each time. */
  readonly codesAskedFor: string[] = [];
  readonly requestPairingCode?: NonNullable<Session["requestPairingCode"]>;
  readonly #host: FakeSessionHost;
  #closed = false;
  #connected = false;
  #silentSince: number | null = null;
  #lastAckAt: number | null = null;

  constructor(host: FakeSessionHost, context: SessionContext<unknown>) {
    this.#host = host;
    this.context = context;
    this.instanceId = context.instanceId;
    this.native = { fake: true };
    this.operations = fakeOperations(host.account, context.media, host.operations);
    if (host.pairsByCode) {
      this.requestPairingCode = (phone, options) => this.#giveCode(phone, options);
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Shows a QR, as an account that is not paired does. */
  showQr(qr = "fake-qr", validMs = 60_000): void {
    const expiresAt = new Date(Date.now() + validMs).toISOString();
    this.context.report({ state: "pairing" });
    this.context.emit({ name: "pairing.qr", data: { qr, expiresAt } });
  }

  connect(phone = "5511999990000"): void {
    this.#connected = true;
    this.context.report({ state: "connected", account: fakeContact(phone, "Support") });
  }

  report(change: SessionChange): void {
    if (change.state === "closed") {
      this.#closed = true;
      this.#host.ended(this);
    }
    this.context.report(change);
  }

  /** Somebody writes to the account; resolves when the platform would be told "received". */
  receive(text: string, options: FakeReceiveOptions = {}): Promise<string> {
    return this.receiveContent({ type: "text", text }, options);
  }

  /** Somebody sends something to the account. */
  async receiveContent(
    content: IncomingContent,
    options: FakeReceiveOptions = {},
  ): Promise<string> {
    const message = fakeMessage(content, options);
    await this.commit({ events: [receivedEvent(message)] });
    return message.id;
  }

  /** The account writes by hand, on another of its devices. */
  async writeFromDevice(text: string, options: FakeReceiveOptions = {}): Promise<string> {
    const content = { type: "text", text } as const;
    const message = fakeMessage(content, {
      sender: fakeContact("5511999990000", "Support"),
      ...options,
    });
    const { chatId } = message;
    const data = { origin: "device", message } as const;
    await this.commit({ events: [{ name: "message.sent", chatId, data }] });
    return message.id;
  }

  /** The platform says how far a message got. */
  async receipt(
    messageId: string,
    status: MessageStatus,
    chatId: string = DEFAULT_CHAT,
  ): Promise<void> {
    const data = { chatId, messageId, status, contactId: null, error: null };
    await this.commit({ events: [{ name: "message.updated", chatId, data }] });
  }

  async applySettings(settings: unknown): Promise<"applied" | "reopen"> {
    this.applied.push(settings);
    return this.#host.appliesSettings ? "applied" : "reopen";
  }

  async openMedia(mediaId: string): Promise<Readable> {
    if (this.#closed) throw new OrquestaError("SESSION_CLOSED", "the fake session is closed");
    const bytes = this.#host.account.media.get(mediaId);
    if (bytes) return this.#host.openMedia(bytes);
    throw new OrquestaError("MEDIA_NOT_FOUND", "the fake platform has no such medium");
  }

  async commit(change: Change): Promise<void> {
    await this.context.commit(change);
  }

  get keys(): SessionContext<unknown>["keys"] {
    return this.context.keys;
  }

  async send(message: OutboxMessage, signal: AbortSignal): Promise<Sent> {
    if (this.#closed) throw new OrquestaError("SESSION_CLOSED", "the fake session is closed");
    const sent = await this.#host.deliver({ instanceId: this.instanceId, message }, signal);
    this.#lastAckAt = Date.now();
    return sent;
  }

  async #giveCode(phone: string, { code }: PairingCodeOptions): Promise<PairingCode> {
    if (this.#closed) throw new OrquestaError("SESSION_CLOSED", "the fake session is closed");
    if (this.#connected) {
      throw new OrquestaError("CHALLENGE_UNAVAILABLE", "the account is paired already");
    }
    if (code !== undefined && !/^[1-9A-Z]{8}$/.test(code)) {
      throw new OrquestaError("VALIDATION_FAILED", "a code of the fake platform is 8 of 1-9, A-Z");
    }
    await this.#host.beforePairingCode(this, phone);
    const number = this.codesAskedFor.push(phone);
    const expiresAt = new Date(Date.now() + 120_000).toISOString();
    return { code: code ?? `FAKE${String(number).padStart(4, "1")}`, expiresAt };
  }

  async close({ logout = false }: { readonly logout?: boolean } = {}): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#host.closing(this, logout);
  }

  /** From now on the platform says nothing more; the session does not notice. */
  goSilent(): void {
    this.#silentSince ??= Date.now();
  }

  evidence(): SessionEvidence {
    if (this.#closed) return NO_EVIDENCE;
    const lastSeenAt = this.#silentSince ?? Date.now();
    return { lastSeenAt, lastPingAt: lastSeenAt, pingRoundTripMs: 0, lastAckAt: this.#lastAckAt };
  }
}

function fakeMessage(content: IncomingContent, options: FakeReceiveOptions): IncomingMessage {
  const { chatId = DEFAULT_CHAT, id = randomUUID(), sender, group = false } = options;
  const { quote = null, mentions, mentionsMe, forwarded } = options;
  return {
    id,
    chatId,
    chatType: group ? "group" : "direct",
    sender: sender ?? fakeContact(chatId, "Ana"),
    sentAt: new Date().toISOString(),
    content,
    quote,
    ...(mentions && { mentions }),
    ...(mentionsMe && { mentionsMe }),
    ...(forwarded && { forwarded }),
  };
}

function receivedEvent(message: IncomingMessage): DurableEvent {
  const { chatId, sender, id, content } = message;
  return {
    name: "message.received",
    chatId,
    dedupeKey: `${chatId}|${sender.id}|${id}|${content.type}`,
    data: { message },
  };
}
