import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import {
  type Change,
  type Contact,
  type DurableEvent,
  OrquestaError,
  type OutboxMessage,
  type Provider,
  type Session,
  type SessionChange,
  type SessionContext,
  silentLogger,
} from "../index.ts";

/** The engine's end of one session, without an engine: keeps what the session says. */
export class SessionProbe {
  readonly instanceId: string = randomUUID();
  readonly reports: SessionChange[] = [];
  readonly events: DurableEvent[] = [];
  /** Commits that wait for `letCommits`. */
  held = 0;
  readonly #keys = new Map<string, Uint8Array>();
  readonly #ending = new AbortController();
  #gate: PromiseWithResolvers<void> | null = null;
  #session: Session | null = null;
  #state: SessionChange["state"] | null = null;
  #account: Contact | null = null;

  static async open(provider: Provider, settings: unknown): Promise<SessionProbe> {
    const probe = new SessionProbe();
    probe.#session = await provider.open(probe.#context(provider.parseSettings(settings)));
    return probe;
  }

  get session(): Session {
    if (this.#session) return this.#session;
    throw new OrquestaError("SESSION_CLOSED", "the session is not open yet");
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  get state(): SessionChange["state"] | null {
    return this.#state;
  }

  get account(): Contact | null {
    return this.#account;
  }

  received(text: string): DurableEvent<"message.received">[] {
    return this.events
      .filter((event) => event.name === "message.received")
      .filter(({ data: { message } }) => {
        return message.content.type === "text" && message.content.text === text;
      });
  }

  message(chatId: string, text: string): OutboxMessage {
    const content = { type: "text", text } as const;
    return { outboxId: randomUUID(), messageId: randomUUID(), chatId, content, attempt: 1 };
  }

  holdCommits(): void {
    this.#gate = Promise.withResolvers();
  }

  letCommits(): void {
    this.#gate?.resolve();
    this.#gate = null;
  }

  forgetReports(): void {
    this.reports.length = 0;
  }

  /** @throws TIMED_OUT */
  async until(reached: () => boolean, what: string, timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (!reached()) {
      if (performance.now() > end) {
        throw new OrquestaError("TIMED_OUT", `${what} did not happen in ${timeoutMs} ms`);
      }
      await setImmediate();
    }
  }

  /** Lets what is under way go on. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
  }

  async end(): Promise<void> {
    this.letCommits();
    this.#ending.abort();
    await this.#session?.close();
  }

  #context(settings: unknown): SessionContext<unknown> {
    return {
      instanceId: this.instanceId,
      settings,
      keys: { get: async (type, ids) => this.#get(type, ids) },
      media: { open: () => Promise.reject(new OrquestaError("MEDIA_NOT_FOUND", "none")) },
      signal: this.signal,
      logger: silentLogger,
      commit: (change) => this.#commit(change),
      emit: () => {},
      report: (change) => this.#hear(change),
    };
  }

  async #commit({ events = [], keys = [] }: Change): Promise<void> {
    if (this.#gate && events.length > 0) {
      this.held += 1;
      await this.#gate.promise;
    }
    this.events.push(...events);
    for (const { type, id, value } of keys) {
      if (value === null) this.#keys.delete(`${type}/${id}`);
      else this.#keys.set(`${type}/${id}`, value);
    }
  }

  #get(type: string, ids: readonly string[]): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>();
    for (const id of ids) {
      const value = this.#keys.get(`${type}/${id}`);
      if (value) found.set(id, value);
    }
    return found;
  }

  #hear(change: SessionChange): void {
    this.reports.push(change);
    this.#state = change.state;
    if (change.state === "connected") this.#account = change.account;
  }
}
