import type { MessageOnWire } from "../protocol.ts";
import { browser, type Store } from "./browser.ts";

const FACTS = "facts";
const MESSAGES = "messages";

export interface StoredMessage extends MessageOnWire {
  /** Attributes that changed since it came. */
  readonly changes: Record<string, unknown>;
  readonly isUnread: boolean;
  /** In which order it came; given by the profile. */
  readonly order?: number;
}

export interface Facts {
  readonly device: string;
  readonly isLinked: boolean;
  /** Number of the last delivery that is stored. */
  readonly seen: number;
}

/** What the page keeps in its browser profile: who it is, and what it was sent. */
export class Profile {
  readonly #store: Store;
  facts: Facts;
  readonly messages: Map<string, StoredMessage>;
  #order: number;

  private constructor(store: Store, facts: Facts, messages: readonly StoredMessage[]) {
    this.#store = store;
    this.facts = facts;
    const ordered = [...messages].sort((one, other) => (one.order ?? 0) - (other.order ?? 0));
    this.messages = new Map(ordered.map((message) => [message.id, message]));
    this.#order = ordered.at(-1)?.order ?? 0;
  }

  static async open(): Promise<Profile> {
    const opening = browser.indexedDB.open("whatsapp", 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore(FACTS);
      opening.result.createObjectStore(MESSAGES);
    };
    await new Promise<void>((resolve, reject) => {
      opening.onsuccess = () => resolve();
      opening.onerror = () => reject(opening.error);
    });
    const reading = opening.result.transaction([FACTS, MESSAGES], "readonly");
    const facts = reading.objectStore(FACTS).getAll();
    const messages = reading.objectStore(MESSAGES).getAll();
    await new Promise<void>((resolve, reject) => {
      reading.oncomplete = () => resolve();
      reading.onabort = () => reject(reading.error);
    });
    const fresh: Facts = { device: crypto.randomUUID(), isLinked: false, seen: 0 };
    const known = facts.result[0] as Facts | undefined;
    const profile = new Profile(opening.result, known ?? fresh, messages.result as StoredMessage[]);
    if (!known) await profile.write(fresh, []);
    return profile;
  }

  /** Facts and messages together, or neither. */
  async write(facts: Partial<Facts>, messages: readonly StoredMessage[]): Promise<void> {
    this.facts = { ...this.facts, ...facts };
    const ordered = messages.map((message) => ({ order: this.#nextOrder(), ...message }));
    for (const message of ordered) this.messages.set(message.id, message);
    await this.#commit((store) => {
      store(FACTS).put(this.facts, FACTS);
      for (const message of ordered) store(MESSAGES).put(message, message.id);
    });
  }

  /** Of what is known already: unknown ids change nothing. */
  async change(id: string, seen: number | null, change: Partial<StoredMessage>): Promise<void> {
    const message = this.messages.get(id);
    await this.write(seen === null ? {} : { seen }, message ? [{ ...message, ...change }] : []);
  }

  async clear(): Promise<void> {
    this.messages.clear();
    this.facts = { device: crypto.randomUUID(), isLinked: false, seen: 0 };
    await this.#commit((store) => {
      store(MESSAGES).clear();
      store(FACTS).put(this.facts, FACTS);
    });
  }

  #nextOrder(): number {
    this.#order += 1;
    return this.#order;
  }

  async #commit(
    work: (store: (name: string) => ReturnType<Store["createObjectStore"]>) => void,
  ): Promise<void> {
    const writing = this.#store.transaction([FACTS, MESSAGES], "readwrite");
    work((name) => writing.objectStore(name));
    await new Promise<void>((resolve, reject) => {
      writing.oncomplete = () => resolve();
      writing.onabort = () => reject(writing.error);
    });
  }
}
