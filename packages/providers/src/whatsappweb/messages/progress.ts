import type { Change, KeyChange, SessionKeys } from "@orquesta/core";

const PROGRESS_TYPE = "whatsappweb-progress";
const ID = "newest";

/** How far the journal has what WhatsApp sent: the time of the newest message that is in it. */
export class Progress {
  readonly #keys: SessionKeys;
  #newest = 0;

  constructor(keys: SessionKeys) {
    this.#keys = keys;
  }

  /** Unix ms; null when nothing was ever journaled. */
  async read(): Promise<number | null> {
    const value = (await this.#keys.get(PROGRESS_TYPE, [ID])).get(ID);
    return value ? Number(Buffer.from(value).toString("utf8")) : null;
  }

  /** What has to be stored with a message of this time, Unix ms. */
  advance(at: number): readonly KeyChange[] {
    if (at <= this.#newest) return [];
    this.#newest = at;
    return [{ type: PROGRESS_TYPE, id: ID, value: Buffer.from(String(at)) }];
  }

  /** The change, with the progress that it means. */
  with(change: Change, at: number): Change {
    return { ...change, keys: [...(change.keys ?? []), ...this.advance(at)] };
  }
}
