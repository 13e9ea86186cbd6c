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
import { type WaitOptions, withDeadline } from "./deadline.ts";

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
      this.messages.push(...messages);
      this.upsertTypes.push(...messages.map(() => type));
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

export function textOf({ message }: WAMessage): string {
  return message?.conversation ?? message?.extendedTextMessage?.text ?? "";
}
