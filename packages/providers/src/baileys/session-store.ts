import { type DurableEvent, type KeyChange, OrquestaError, type SessionKeys } from "@orquesta/core";
import type { SignalDataTypeMap, SignalKeyStore } from "@whiskeysockets/baileys";
import { BoundedMap } from "../shared/bounded-map/bounded-map.ts";
import { type SignalRecord, withoutOldChains } from "./closed-chains.ts";
import type { CommitQueue, PendingKey } from "./commit-queue.ts";
import { fallbackCodec, type KeyCodec } from "./key-codec.ts";
import { EVENT_TYPE, KEY_LIFETIME_MS } from "./own-key-types.ts";

/** Enough for the contacts that talk at the same time; a record is a few kilobytes. */
const CACHED_RECORDS = 256;

type Data = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

export interface SessionStoreParts {
  readonly keys: SessionKeys;
  readonly codecs: Readonly<Record<string, KeyCodec>>;
  readonly queue: CommitQueue;
  /** A stored key could not be read. */
  readonly onFailure: (cause: unknown) => void;
}

/**
 * Baileys' key store on the instance's session keys. One `set` goes into one commit: what a
 * transaction of Baileys collected, events of ours included, is on disk together or not at all.
 * `set` does not wait for the disk, the gate before the wire does: see commit-queue.ts.
 *
 * Session records are kept as the plain objects that libsignal reads and writes, so that a message
 * costs neither an unsealing nor a parse. Nobody changes such an object: libsignal copies on read.
 */
export class SessionStore implements SignalKeyStore {
  readonly #parts: SessionStoreParts;
  readonly #records = new BoundedMap<string, unknown>(CACHED_RECORDS);
  /** LID address → phone address that its session is still stored under. */
  readonly #borrowed = new Map<string, string>();
  /** Goes up with every write: a read that saw it change may be out of date. */
  #writes = 0;

  constructor(parts: SessionStoreParts) {
    this.#parts = parts;
  }

  clearCaches(): void {
    this.#records.clear();
    this.#borrowed.clear();
  }

  async get<T extends keyof SignalDataTypeMap>(
    type: T,
    ids: string[],
  ): Promise<{ [id: string]: SignalDataTypeMap[T] }> {
    const found = type === "session" ? await this.#sessions(ids) : await this.read(type, ids);
    // What was stored under a type is what Baileys put there.
    return found as { [id: string]: SignalDataTypeMap[T] };
  }

  /** Any type, ours included, decoded; what is on its way to the disk counts as stored. */
  async read(type: string, ids: readonly string[]): Promise<Record<string, unknown>> {
    const { queue, keys, onFailure } = this.#parts;
    if (queue.isClosed) throw new OrquestaError("SESSION_CLOSED", "the session is closed");
    const codec = this.#codecOf(type);
    const values: Record<string, unknown> = {};
    const missing = ids.filter((id) => {
      const pending = queue.pending(type, id);
      if (pending === undefined) return true;
      const value = pending.value;
      if (value !== null) values[id] = value instanceof Uint8Array ? codec.decode(value) : value;
      return false;
    });
    if (missing.length === 0) return values;
    try {
      for (const [id, bytes] of await keys.get(type, missing)) values[id] = codec.decode(bytes);
      return values;
    } catch (cause) {
      // A key that cannot be read must not look like one that is not there: Baileys would answer
      // the message with a refusal, and the server would drop it.
      onFailure(cause);
      throw cause;
    }
  }

  set(data: object): Promise<void> {
    // Baileys hands over { type: { id: value or null } }; its type knows no types but its own.
    return this.#add(data as Data);
  }

  async #add(data: Data): Promise<void> {
    const events: DurableEvent[] = [];
    const keys: PendingKey[] = [];
    for (const [type, values = {}] of Object.entries(data)) {
      for (const [id, value] of Object.entries(values)) {
        // Put there by ourselves, see journaling-repository.ts.
        if (type === EVENT_TYPE) events.push(value as DurableEvent);
        else if (type === "session") keys.push(...this.#sessionKeys(id, value ?? null, values));
        else keys.push(this.#key(type, id, value ?? null));
      }
    }
    if (keys.length > 0 || events.length > 0) await this.#parts.queue.add(keys, events);
  }

  #key(type: string, id: string, value: unknown): PendingKey {
    // Encoded now: Baileys goes on changing some of the objects that it has handed over.
    const bytes = value === null ? null : this.#codecOf(type).encode(value);
    return { type, id, value: bytes, toChange: () => toChange(type, id, bytes) };
  }

  #sessionKeys(
    id: string,
    written: unknown,
    others: Readonly<Record<string, unknown>>,
  ): PendingKey[] {
    const type = "session";
    const record = written === null ? null : withoutOldChains(written as SignalRecord);
    this.#writes++;
    if (record === null) this.#records.delete(id);
    else this.#records.set(id, record);
    const codec = this.#codecOf(type);
    const encode = () => toChange(type, id, record === null ? null : codec.encode(record));
    const own: PendingKey = { type, id, value: record, toChange: encode };
    const borrowedFrom = this.#borrowed.get(id);
    this.#borrowed.delete(id);
    if (borrowedFrom === undefined || borrowedFrom in others) return [own];
    this.#records.delete(borrowedFrom);
    return [own, this.#key(type, borrowedFrom, null)];
  }

  async #sessions(ids: readonly string[]): Promise<Record<string, unknown>> {
    const found: Record<string, unknown> = {};
    const missing: string[] = [];
    for (const id of ids) {
      const record = this.#records.get(id);
      if (record === undefined) missing.push(id);
      else found[id] = record;
    }
    if (missing.length === 0) return found;
    const writes = this.#writes;
    const stored = await this.read("session", missing);
    for (const id of missing) {
      const record = stored[id] ?? (await this.#borrow(id));
      if (record === undefined) continue;
      found[id] = record;
      if (writes === this.#writes && stored[id] !== undefined) this.#records.set(id, record);
    }
    return found;
  }

  /**
   * The session of a LID that is still stored under the phone number.
   *
   * Baileys moves sessions in a commit of its own after it has learned a LID, and only for devices
   * that it listed once. A crash in between, or a contact that only ever wrote to us, leaves the
   * session where nobody looks. So a LID without a session takes over the one of its phone number;
   * the row itself moves when the session is next written.
   */
  async #borrow(id: string): Promise<unknown> {
    const [lid, device] = /^(\d+)_1\.(\d+)$/.exec(id)?.slice(1) ?? [];
    if (lid === undefined) return undefined;
    const mapping = `${lid}_reverse`;
    const phone = (await this.read("lid-mapping", [mapping]))[mapping];
    if (typeof phone !== "string") return undefined;
    const phoneAddress = `${phone}.${device}`;
    const record = (await this.read("session", [phoneAddress]))[phoneAddress];
    if (record !== undefined) this.#borrowed.set(id, phoneAddress);
    return record;
  }

  #codecOf(type: string): KeyCodec {
    return this.#parts.codecs[type] ?? fallbackCodec;
  }
}

function toChange(type: string, id: string, value: Uint8Array | null): KeyChange {
  const lifetimeMs = KEY_LIFETIME_MS[type];
  return lifetimeMs === undefined || value === null
    ? { type, id, value }
    : { type, id, value, expiresAt: Date.now() + lifetimeMs };
}
