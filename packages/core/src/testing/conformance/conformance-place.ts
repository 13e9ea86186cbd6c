import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import {
  DURABLE_EVENT_NAMES,
  type DurableEventName,
  EPHEMERAL_EVENT_NAMES,
  type EphemeralEventName,
  type EventName,
  type IncomingContent,
  type IncomingKind,
  type InstanceEvent,
  InstanceManager,
  type OperationName,
  type OutboxView,
  type OutgoingContent,
} from "../../index.ts";
import type { ConformanceSubject, PlatformPeer, SeenMessage } from "./conformance-subject.ts";

type AnyEvent = InstanceEvent<DurableEventName | EphemeralEventName>;

export type EventData<Name extends DurableEventName | EphemeralEventName> =
  InstanceEvent<Name>["data"];

const CONNECT_MS = 60_000;
const WAIT_MS = 15_000;
const POLL_MS = 20;

/** A connected instance of a subject in an engine of its own, and everything that happened to it. */
export class ConformancePlace {
  readonly subject: ConformanceSubject;
  readonly manager: InstanceManager;
  readonly instanceId: string;
  readonly #events: AnyEvent[];
  readonly #waitMs: number;

  private constructor(
    subject: ConformanceSubject,
    manager: InstanceManager,
    instanceId: string,
    events: AnyEvent[],
    waitMs: number,
  ) {
    this.subject = subject;
    this.manager = manager;
    this.instanceId = instanceId;
    this.#events = events;
    this.#waitMs = waitMs;
  }

  /** @param waitMs how long the platform and its events may take, each time */
  static async open(
    subject: ConformanceSubject,
    { waitMs = WAIT_MS }: { readonly waitMs?: number } = {},
  ): Promise<ConformancePlace> {
    const manager = new InstanceManager({ providers: [subject.provider] });
    const events: AnyEvent[] = [];
    for (const name of [...DURABLE_EVENT_NAMES, ...EPHEMERAL_EVENT_NAMES]) {
      manager.on(name, (event) => events.push(event));
    }
    try {
      const { provider, settings } = subject;
      const { id } = await manager.create({ provider: provider.id, settings, start: true });
      await subject.connect(id, manager);
      await manager.start(id, { until: "connected", timeoutMs: CONNECT_MS });
      return new ConformancePlace(subject, manager, id, events, waitMs);
    } catch (error) {
      await manager.close();
      throw error;
    }
  }

  get peer(): PlatformPeer {
    return this.subject.peer;
  }

  get capabilities(): ConformanceSubject["provider"]["capabilities"] {
    return this.subject.provider.capabilities;
  }

  /** The same place, seen from the chat in which the platform has that event or operation. */
  where(name: EventName | OperationName): ConformancePlace {
    const elsewhere = this.subject.elsewhere?.[name];
    if (!elsewhere) return this;
    const { provider, settings, other, nobody } = this.subject;
    const subject: ConformanceSubject = {
      provider,
      settings,
      other,
      nobody,
      chatId: elsewhere.chatId,
      peer: elsewhere.peer,
      connect: (instanceId, manager) => this.subject.connect(instanceId, manager),
      close: () => this.subject.close(),
    };
    return new ConformancePlace(subject, this.manager, this.instanceId, this.#events, this.#waitMs);
  }

  /** Of the chat with the peer. */
  get chatId(): string {
    return this.subject.provider.parseChatId(this.subject.chatId);
  }

  /** Sends to the peer and waits for the platform. */
  async send(content: OutgoingContent, chatId: string = this.subject.chatId): Promise<OutboxView> {
    const view = await this.manager.send(this.instanceId, chatId, content, {
      until: "sent",
      timeoutMs: this.#waitMs,
    });
    const why = `${content.type} was not sent: ${view.error?.message ?? view.status}`;
    assert.ok(["sent", "delivered", "read"].includes(view.status), why);
    return view;
  }

  /** Sends to the peer and gives what the peer sees of it, once `looks` is true of it. */
  async sendAndSee(
    content: OutgoingContent,
    looks: (seen: SeenMessage) => boolean = () => true,
  ): Promise<SeenMessage> {
    const before = new Set((await this.peer.arrived()).map(({ id }) => id));
    await this.send(content);
    return await this.until(`the peer sees the ${content.type}`, async () =>
      (await this.peer.arrived()).find((seen) => !before.has(seen.id) && looks(seen)),
    );
  }

  /** Does something and gives the first event of that name that comes of it. */
  async eventOf<Name extends DurableEventName | EphemeralEventName>(
    name: Name,
    work: () => Promise<unknown>,
    fits: (data: EventData<Name>) => boolean = () => true,
  ): Promise<EventData<Name>> {
    const from = this.#events.length;
    await work();
    return await this.until(`${name} is told`, async () => {
      for (const event of this.#events.slice(from)) {
        if (isNamed(event, name) && fits(event.data)) return event.data;
      }
      return undefined;
    });
  }

  /** Does something and gives the message that the account receives by it. */
  async contentOf<Kind extends IncomingKind>(
    kind: Kind,
    work: () => Promise<unknown>,
  ): Promise<{
    readonly content: Extract<IncomingContent, { readonly type: Kind }>;
    readonly message: EventData<"message.received">["message"];
  }> {
    const { message } = await this.eventOf("message.received", work);
    const { content } = message;
    assert.ok(isOfKind(content, kind), `it came as ${content.type} and not as ${kind}`);
    return { content, message };
  }

  /** @throws when it did not happen in time */
  async until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
    const end = performance.now() + this.#waitMs;
    for (;;) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      if (performance.now() > end) assert.fail(`${what}: not within ${this.#waitMs} ms`);
      await setTimeout(POLL_MS);
    }
  }

  async close(): Promise<void> {
    await this.manager.close();
    await this.subject.close();
  }
}

function isNamed<Name extends DurableEventName | EphemeralEventName>(
  event: AnyEvent,
  name: Name,
): event is Extract<AnyEvent, { readonly name: Name }> & InstanceEvent<Name> {
  return event.name === name;
}

function isOfKind<Kind extends IncomingKind>(
  content: IncomingContent,
  kind: Kind,
): content is Extract<IncomingContent, { readonly type: Kind }> {
  return content.type === kind;
}
