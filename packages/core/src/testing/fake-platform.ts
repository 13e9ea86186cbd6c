import { randomUUID } from "node:crypto";
import {
  type Capabilities,
  type Contact,
  type DurableEvent,
  defineProvider,
  OrquestaError,
  type OutboxMessage,
  type Provider,
  type Sent,
  type Session,
  type SessionChange,
  type SessionContext,
} from "../index.ts";

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
  outgoing: ["text"],
  pairing: ["qr"],
  inbound: "at_least_once",
  resend: "same_id",
  portable: true,
};

/**
 * A messaging platform in memory, to test bots and servers with no phone and no network. It takes every
 * part of the provider contract literally: what is not committed is not acknowledged.
 */
export class FakePlatform {
  readonly provider: Provider<"fake", { readonly token?: string }>;
  /** What arrived, in order; a repeat of a message id is not shown twice, as on a phone. */
  readonly delivered: FakeDelivery[] = [];
  /** Asked before each send: throw to refuse it. */
  beforeSend: (delivery: FakeDelivery) => Promise<void> | void = () => {};
  readonly #sessions = new Map<string, FakeSession>();
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

  hasSession(instanceId: string): boolean {
    return this.#sessions.has(instanceId);
  }

  async deliver(delivery: FakeDelivery): Promise<Sent> {
    await this.beforeSend(delivery);
    const { messageId } = delivery.message;
    const shown = this.delivered.some(
      ({ instanceId, message }) =>
        instanceId === delivery.instanceId && message.messageId === messageId,
    );
    if (!shown) this.delivered.push(delivery);
    return { messageId };
  }

  forget(session: FakeSession): void {
    if (this.#sessions.get(session.instanceId) === session) {
      this.#sessions.delete(session.instanceId);
    }
  }

  #open(context: SessionContext<unknown>): Session {
    const session = new FakeSession(this, context);
    this.#sessions.set(context.instanceId, session);
    if (this.#connects) session.connect();
    return session;
  }
}

/** The platform's end of one session: makes things happen to an instance. */
export class FakeSession implements Session {
  readonly instanceId: string;
  readonly native: unknown;
  readonly #platform: FakePlatform;
  readonly #context: SessionContext<unknown>;
  #closed = false;

  constructor(platform: FakePlatform, context: SessionContext<unknown>) {
    this.#platform = platform;
    this.#context = context;
    this.instanceId = context.instanceId;
    this.native = { fake: true };
  }

  /** Shows a QR, as an account that is not paired does. */
  showQr(qr = "fake-qr", validMs = 60_000): void {
    const expiresAt = new Date(Date.now() + validMs).toISOString();
    this.#context.report({ state: "pairing" });
    this.#context.emit({ name: "pairing.qr", data: { qr, expiresAt } });
  }

  connect(phone = "5511999990000"): void {
    this.#context.report({ state: "connected", account: fakeContact(phone, "Support") });
  }

  report(change: SessionChange): void {
    if (change.state === "closed") {
      this.#closed = true;
      this.#platform.forget(this);
    }
    this.#context.report(change);
  }

  /** Somebody writes to the account; resolves when the platform would be told "received". */
  async receive(
    text: string,
    {
      chatId = "5511988887777",
      id = randomUUID(),
    }: { readonly chatId?: string; readonly id?: string } = {},
  ): Promise<string> {
    await this.#context.commit({ events: [receivedText(text, chatId, id)] });
    return id;
  }

  async commit(change: Parameters<SessionContext<unknown>["commit"]>[0]): Promise<void> {
    await this.#context.commit(change);
  }

  get keys(): SessionContext<unknown>["keys"] {
    return this.#context.keys;
  }

  async send(message: OutboxMessage, _signal: AbortSignal): Promise<Sent> {
    if (this.#closed) throw new OrquestaError("SESSION_CLOSED", "the fake session is closed");
    return this.#platform.deliver({ instanceId: this.instanceId, message });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#platform.forget(this);
  }

  lastSeenAt(): number | null {
    return this.#closed ? null : Date.now();
  }
}

function receivedText(text: string, chatId: string, id: string): DurableEvent {
  return {
    name: "message.received",
    chatId,
    dedupeKey: `${chatId}|${chatId}|${id}|text`,
    data: {
      message: {
        id,
        chatId,
        chatType: "direct",
        sender: fakeContact(chatId, "Ana"),
        sentAt: new Date().toISOString(),
        content: { type: "text", text },
        quote: null,
      },
    },
  };
}

function fakeContact(phone: string, name: string): Contact {
  return { id: phone, phone, lid: null, jid: null, name };
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
  if (/^\d{5,20}$/.test(digits)) return digits;
  throw new OrquestaError("VALIDATION_FAILED", "a chat id of the fake platform is 5 to 20 digits");
}
