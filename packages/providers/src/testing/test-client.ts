import makeWASocket, {
  type AuthenticationCreds,
  BufferJSON,
  type ConnectionState,
  initAuthCreds,
  type SignalDataTypeMap,
  type UserFacingSocketConfig,
  type WAMessage,
  type WASocket,
} from "@whiskeysockets/baileys";
import { vi } from "vitest";
import { type WaitOptions, withDeadline } from "./deadline.ts";
import { FakeWhatsApp } from "./fake-whatsapp.ts";
import type { FakeWhatsAppOptions } from "./fake-whatsapp-options.ts";
import type { ServerEventMap } from "./network/server-events.ts";

/** What survives a crash of the client: its credentials and keys, as JSON would keep them. */
export class TestStore {
  readonly creds: AuthenticationCreds = initAuthCreds();
  readonly #keys = new Map<string, string>();

  get auth(): UserFacingSocketConfig["auth"] {
    return { creds: this.creds, keys: { get: this.#get, set: this.#set } };
  }

  snapshot(): Map<string, string> {
    return new Map(this.#keys);
  }

  restore(keys: ReadonlyMap<string, string>): void {
    this.#keys.clear();
    for (const [key, value] of keys) this.#keys.set(key, value);
  }

  deleteKeys(type: string): void {
    for (const key of this.#keys.keys()) if (key.startsWith(`${type}|`)) this.#keys.delete(key);
  }

  readonly #get = async <T extends keyof SignalDataTypeMap>(
    type: T,
    ids: string[],
  ): Promise<{ [id: string]: SignalDataTypeMap[T] }> => {
    const found: { [id: string]: SignalDataTypeMap[T] } = {};
    for (const id of ids) {
      const json = this.#keys.get(`${type}|${id}`);
      if (json !== undefined) found[id] = JSON.parse(json, BufferJSON.reviver);
    }
    return found;
  };

  readonly #set = async (data: object): Promise<void> => {
    for (const [type, items] of Object.entries(data)) {
      for (const [id, value] of Object.entries(items ?? {})) {
        if (value === null || value === undefined) this.#keys.delete(`${type}|${id}`);
        else this.#keys.set(`${type}|${id}`, JSON.stringify(value, BufferJSON.replacer));
      }
    }
  };
}

interface SilentLogger {
  level: string;
  child(): SilentLogger;
  trace(): void;
  debug(): void;
  info(): void;
  warn(): void;
  error(): void;
}

const nothing = (): void => undefined;
const silent: SilentLogger = {
  level: "silent",
  child: () => silent,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};

/** The real Baileys, unmodified, against the fake server. */
export class TestClient {
  readonly store: TestStore;
  readonly socket: WASocket;
  readonly updates: Partial<ConnectionState>[] = [];
  readonly messages: WAMessage[] = [];
  readonly upsertTypes: string[] = [];

  constructor(url: string, store = new TestStore(), config: Partial<UserFacingSocketConfig> = {}) {
    this.store = store;
    this.socket = makeWASocket({
      waWebSocketUrl: url,
      auth: store.auth,
      logger: silent,
      syncFullHistory: false,
      shouldSyncHistoryMessage: () => false,
      markOnlineOnConnect: false,
      defaultQueryTimeoutMs: 5_000,
      ...config,
    });
    this.socket.ev.on("creds.update", (update) => Object.assign(store.creds, update));
    this.socket.ev.on("connection.update", (update) => this.updates.push(update));
    this.socket.ev.on("messages.upsert", ({ messages, type }) => {
      // What the account's own phone says to its devices is for Baileys alone.
      const shown = messages.filter(({ category }) => category !== "peer");
      this.messages.push(...shown);
      this.upsertTypes.push(...shown.map(() => type));
    });
  }

  /** The first update, past or to come, for which `pick` gives something. */
  update<T>(
    what: string,
    pick: (update: Partial<ConnectionState>) => T | undefined,
    wait: WaitOptions = {},
  ): Promise<T> {
    return withDeadline(what, wait, (resolve) => {
      const look = (update: Partial<ConnectionState>): void => {
        const picked = pick(update);
        if (picked !== undefined) resolve(picked);
      };
      this.updates.forEach(look);
      this.socket.ev.on("connection.update", look);
      return () => this.socket.ev.off("connection.update", look);
    });
  }

  qr(): Promise<string> {
    return this.update("a QR code", ({ qr }) => qr);
  }

  open(): Promise<true> {
    return this.update("open", ({ connection }) => (connection === "open" ? true : undefined));
  }

  /** The status code with which the connection closed. */
  closed(wait: WaitOptions = {}): Promise<number> {
    return this.update(
      "close",
      ({ connection, lastDisconnect }) => {
        if (connection !== "close") return undefined;
        const error = lastDisconnect?.error;
        return error && "output" in error ? error.output.statusCode : 0;
      },
      wait,
    );
  }

  message(matches: (text: string, message: WAMessage) => boolean): Promise<WAMessage> {
    return withDeadline("a message", {}, (resolve) => {
      const look = (messages: readonly WAMessage[]): void => {
        const found = messages.find((message) => matches(textOf(message), message));
        if (found) resolve(found);
      };
      const listener = ({ messages }: { messages: WAMessage[] }): void => look(messages);
      look(this.messages);
      this.socket.ev.on("messages.upsert", listener);
      return () => this.socket.ev.off("messages.upsert", listener);
    });
  }

  /** Ends like a process that is killed: nothing more is said. */
  kill(): void {
    this.socket.ev.removeAllListeners("connection.update");
    this.socket.end(undefined);
  }
}

/** A fake WhatsApp and the clients of one test, all of which end with it. */
export class TestBench implements AsyncDisposable {
  readonly whatsapp: FakeWhatsApp;
  readonly #clients: TestClient[] = [];

  private constructor(whatsapp: FakeWhatsApp) {
    this.whatsapp = whatsapp;
  }

  static async start(options?: FakeWhatsAppOptions): Promise<TestBench> {
    // libsignal prints whole sessions, private keys included.
    for (const method of ["error", "info", "log", "warn"] as const) {
      vi.spyOn(console, method).mockImplementation(() => undefined);
    }
    return new TestBench(await FakeWhatsApp.listen(options));
  }

  connect(store = new TestStore(), config: Partial<UserFacingSocketConfig> = {}): TestClient {
    const client = new TestClient(this.whatsapp.url, store, config);
    this.#clients.push(client);
    return client;
  }

  /** Links a new client to the account and logs it in. */
  async link(number: string, config: Partial<UserFacingSocketConfig> = {}): Promise<TestClient> {
    const stranger = this.connect();
    await this.whatsapp.phone(number).scan(await stranger.qr());
    await stranger.closed();
    // A young account's events wait 20 s for a history that nobody sends.
    stranger.store.creds.accountSyncCounter = 1;
    const client = this.connect(stranger.store, config);
    await client.open();
    return client;
  }

  /** The next event that matches. */
  next<E extends keyof ServerEventMap>(
    event: E,
    matches: (...args: ServerEventMap[E]) => boolean = () => true,
  ): Promise<ServerEventMap[E][0]> {
    return withDeadline<ServerEventMap[E][0]>(`event ${event}`, {}, (resolve) => {
      const { events } = this.whatsapp;
      const listener = (...args: ServerEventMap[E]): void => {
        if (matches(...args)) resolve(args[0]);
      };
      // The emitter types its listeners per event, which a generic key cannot follow.
      const untyped: NodeJS.EventEmitter = events;
      untyped.on(event, listener);
      return () => untyped.off(event, listener);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.kill();
    await this.whatsapp.close();
  }
}

export function textOf({ message }: WAMessage): string {
  return message?.conversation ?? message?.extendedTextMessage?.text ?? "";
}
