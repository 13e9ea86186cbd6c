import type { BinaryNode } from "@whiskeysockets/baileys";
import type { BaileysLibrary } from "../baileys-library.ts";
import type { OwnAddresses } from "../incoming/stanza-envelope.ts";
import { HISTORY_TYPE } from "../own-key-types.ts";
import type { SessionStore } from "../session-store.ts";
import {
  type HistoryNotification,
  readNotification,
  toNotification,
  toStoredNotification,
} from "./history-notification.ts";

/** Row with the ids of all others: session keys cannot be listed. */
const INDEX = "pending";

export interface PendingHistoriesParts {
  readonly library: BaileysLibrary;
  readonly store: SessionStore;
  readonly me: () => OwnAddresses | undefined;
  /** Whether the instance wants its history at all. */
  readonly isWanted: boolean;
}

/**
 * The parts of the history that the phone has told of and that are not in the journal yet. They are
 * stored with the ratchet of the message that told of them, so none is lost by a crash.
 */
export class PendingHistories {
  /** Brings what is pending into the journal. */
  work: () => void = () => {};
  readonly #parts: PendingHistoriesParts;
  readonly #pending = new Map<string, HistoryNotification>();

  constructor(parts: PendingHistoriesParts) {
    this.#parts = parts;
  }

  /** @throws SESSION_KEYS_UNREADABLE */
  static async load(parts: PendingHistoriesParts): Promise<PendingHistories> {
    const histories = new PendingHistories(parts);
    if (parts.isWanted) await histories.#load();
    return histories;
  }

  get isWanted(): boolean {
    return this.#parts.isWanted;
  }

  get all(): readonly HistoryNotification[] {
    return [...this.#pending.values()];
  }

  /** Takes note of the history that a decrypted message tells of. @returns what has to be stored */
  take(stanza: BinaryNode, bytes: Uint8Array): Record<string, Record<string, unknown>> {
    const { library, isWanted } = this.#parts;
    const me = isWanted ? this.#parts.me() : undefined;
    const found = me ? readNotification(stanza, bytes, me, library) : null;
    if (found === null) return {};
    this.#pending.set(found.id, found);
    return this.#rows(found.id, toStoredNotification(found));
  }

  async remove({ id }: HistoryNotification): Promise<void> {
    this.#pending.delete(id);
    await this.#parts.store.set(this.#rows(id, null));
  }

  #rows(id: string, value: object | null): Record<string, Record<string, unknown>> {
    return { [HISTORY_TYPE]: { [INDEX]: [...this.#pending.keys()], [id]: value } };
  }

  async #load(): Promise<void> {
    const { store } = this.#parts;
    const ids = (await store.read(HISTORY_TYPE, [INDEX]))[INDEX];
    if (!Array.isArray(ids)) return;
    const names = ids.filter((id) => typeof id === "string");
    const rows = await store.read(HISTORY_TYPE, names);
    for (const name of names) {
      const notification = toNotification(rows[name]);
      if (notification !== null) this.#pending.set(name, notification);
    }
  }
}
